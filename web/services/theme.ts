// Dark or light: what the person chose, else what the system has. Sets `data-theme` on the document, which the style sheets
// read, and tells who draws for himself (terminals, canvases).

import { Observable } from "../model/observable.ts";
import type { Theme } from "../model/preferences.ts";
import type { PreferenceStore } from "./preference-store.ts";

export class ThemeService {
  /** What is shown now. */
  readonly shown = new Observable<"dark" | "light">("dark");
  #preferences: PreferenceStore;
  #systemLight = matchMedia("(prefers-color-scheme: light)");

  constructor(preferences: PreferenceStore) {
    this.#preferences = preferences;
    this.#systemLight.addEventListener("change", () => this.#apply());
    preferences.current.subscribe(() => this.#apply());
  }

  get choice(): Theme { return this.#preferences.current.value.theme; }

  /** system → the other one → the first one again → system. */
  next(): Theme {
    const system = this.#systemLight.matches ? "light" : "dark";
    const other = system === "light" ? "dark" : "light";
    const theme: Theme = this.choice === "system" ? other : this.choice === other ? system : "system";
    this.#preferences.change({ theme });
    return theme;
  }

  #apply(): void {
    const shown = this.choice === "system" ? (this.#systemLight.matches ? "light" : "dark") : this.choice;
    document.documentElement.dataset["theme"] = shown;
    if (this.shown.value !== shown) this.shown.value = shown;
  }
}
