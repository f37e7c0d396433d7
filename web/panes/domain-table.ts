// The domains as a table: the picture for those who read better than they look, and for copying.

import { activityText, LAYER_NAMES, memoryText } from "../model/domain-words.ts";
import { formatCount } from "../model/format.ts";
import { LAYERS } from "../model/picture-layout.ts";
import type { View } from "../services/monitor.ts";
import { element, setText } from "./element.ts";

const COLUMNS = ["Domain", "Name", "Layer", "State", "Placement", "Memory", "Caps", "Calls made", "Calls answered"];

export class DomainTable {
  #body = element("tbody");
  #rows = new Map<string, HTMLTableRowElement>();
  #open: (domain: number) => void;

  constructor(holder: HTMLElement, actions: { open(domain: number): void }) {
    this.#open = actions.open;
    holder.append(element("table", { class: "table" }, element("caption", { class: "only-spoken" }, "Domains"),
      element("thead", {}, element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, name)))), this.#body));
  }

  focus(): void { this.#body.querySelector("button")?.focus(); }

  show({ snapshot }: View): void {
    const domains = [...snapshot.domains].sort((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || a.domain - b.domain);
    const seen = new Set<string>();
    domains.forEach((domain, index) => {
      const key = `${domain.domain}.${domain.incarnation}`;
      seen.add(key);
      let row = this.#rows.get(key);
      if (!row) {
        row = element("tr", {}, element("td"), element("th", { scope: "row" }, element("button", { type: "button", class: "button button-link", onclick: () => this.#open(domain.domain) }, domain.name)), ...COLUMNS.slice(2).map(() => element("td")));
        this.#rows.set(key, row);
      }
      if (this.#body.children[index] !== row) this.#body.insertBefore(row, this.#body.children[index] ?? null);
      const texts = [String(domain.domain), undefined, LAYER_NAMES[domain.layer], activityText(domain), domain.placement, memoryText(domain.memory), String(domain.caps), formatCount(domain.calls), formatCount(domain.served)];
      texts.forEach((text, column) => { if (text !== undefined) setText(row.children[column], text); });
    });
    for (const [key, row] of this.#rows) if (!seen.has(key)) { row.remove(); this.#rows.delete(key); }
  }
}
