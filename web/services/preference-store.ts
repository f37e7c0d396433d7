// Keeps a person's choices in IndexedDB, under a name that includes the page's sub-folder. A session opened from a link gets
// a store that forgets: it neither reads nor writes what this browser holds.

import { createStore, get, set } from "idb-keyval";
import type { SessionKind } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";
import { defaultPreferences, readPreferences, storageName, type Preferences } from "../model/preferences.ts";

export class PreferenceStore {
  readonly current = new Observable<Preferences>(firstPreferences());
  #write: (preferences: Preferences) => void = () => {};

  /** Reads what is stored; takes the defaults if storage is forbidden or broken. */
  static async open(session: SessionKind): Promise<PreferenceStore> {
    const store = new PreferenceStore();
    if (session === "link") return store;
    try {
      const database = createStore(storageName(location.href), "preferences");
      store.current.value = readPreferences(await get("preferences", database) ?? firstPreferences());
      let last = Promise.resolve();
      store.#write = (preferences) => { last = last.then(() => set("preferences", preferences, database)).catch(() => {}); };
    } catch {
      // Private windows of some browsers have no storage: choices then last as long as the page.
    }
    return store;
  }

  change(part: Partial<Preferences>): void {
    this.current.value = { ...this.current.value, ...part };
    this.#write(this.current.value);
  }
}

/** Small screens show 80 columns in half their width. */
function firstPreferences(): Preferences { return { ...defaultPreferences, fontSize: innerWidth < 1600 ? 13 : defaultPreferences.fontSize }; }
