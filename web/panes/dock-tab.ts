// The tab of a pane: its title and a cross for the mouse. The cross is no button to a screen reader, since a tab may hold none: Alt+W or
// Delete on the tab closes the pane.

import type { ITabRenderer, TabPartInitParameters } from "dockview";
import { element, setText } from "./element.ts";

export class DockTab implements ITabRenderer {
  #title = element("span", { class: "tab-title" });
  #cross = element("span", { class: "tab-cross", title: "Close (Alt+W)", "aria-hidden": "true" }, "✕");
  readonly element = element("div", { class: "tab" }, this.#title, this.#cross);
  #stops: { dispose(): void }[] = [];

  init({ api, title }: TabPartInitParameters): void {
    setText(this.#title, title);
    this.#stops.push(api.onDidTitleChange((event) => setText(this.#title, event.title)));
    // The dock starts a drag on pointerdown; the cross is not for dragging.
    this.#cross.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.#cross.addEventListener("click", (event) => { event.stopPropagation(); api.close(); });
    this.element.addEventListener("auxclick", (event) => { if (event.button === 1) api.close(); });
    queueMicrotask(() => this.element.parentElement?.addEventListener("keydown", (event) => { if (event.key === "Delete") api.close(); }));
  }

  dispose(): void { for (const stop of this.#stops) stop.dispose(); }
}
