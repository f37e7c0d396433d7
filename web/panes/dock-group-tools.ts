// The buttons at the right of a group's tabs: another shell here, and whole window.

import type { IDockviewPanel, IHeaderActionsRenderer } from "dockview";
import { element } from "./element.ts";

type Init = Parameters<IHeaderActionsRenderer["init"]>[0];

export class GroupTools implements IHeaderActionsRenderer {
  readonly element = element("div", { class: "group-tools" });
  #actions: { newShell(group: string): void; maximize(panel: IDockviewPanel): void };

  constructor(actions: { newShell(group: string): void; maximize(panel: IDockviewPanel): void }) { this.#actions = actions; }

  init({ group }: Init): void {
    this.element.append(
      element("button", { type: "button", class: "button button-plain", title: "New shell here", "aria-label": "New shell here", onclick: () => this.#actions.newShell(group.id) }, "+"),
      element("button", { type: "button", class: "button button-plain", title: "Whole window, and back (Alt+Enter)", "aria-label": "Whole window, and back", onclick: () => { if (group.activePanel) this.#actions.maximize(group.activePanel); } }, "⤢"));
  }

  dispose(): void {}
}
