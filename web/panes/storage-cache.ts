// The buffer cache's pages as bars, one for each volume: what is kept for it and used, kept and free, borrowed; and its limit. The share can be changed.

import type { VolumeRow } from "../../lib/ts/volume-list.ts";
import { formatBytes, formatCount } from "../model/format.ts";
import { PAGE, shareBar, shareScale } from "../model/storage-words.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText, setText } from "./element.ts";
import { showNotice } from "./notices.ts";
import { changeShare } from "./storage-dialogs.ts";

const POLICIES = ["Clock", "LRU", "2Q", "ARC"];

interface Row { readonly element: HTMLElement; readonly used: HTMLElement; readonly free: HTMLElement; readonly borrowed: HTMLElement; readonly limit: HTMLElement; readonly track: HTMLElement; readonly words: HTMLElement; readonly figures: HTMLElement }

export class CacheBars {
  readonly element = element("div", { class: "cache" });
  readonly #none = element("p", { class: "muted" }, "No disk is mounted, so nothing is cached.");
  readonly #legend = element("ul", { class: "legend cache-legend", "aria-label": "What the bars mean" },
    ...([["used", "guaranteed, used"], ["free", "guaranteed, free"], ["borrowed", "borrowed"], ["limit", "limit"]] as const).map(([mark, text]) => element("li", {}, element("span", { class: `cache-mark cache-${mark}`, "aria-hidden": "true" }), text)));
  readonly #rows = new Map<string, Row>();
  readonly #list = element("div", { class: "cache-rows" });

  readonly #change: (name: string) => void;
  #volumes: readonly VolumeRow[] = [];

  constructor(context: PageContext, changed: () => void) {
    this.element.append(this.#none, this.#legend, this.#list);
    this.#change = (name) => {
      const volume = this.#volumes.find((one) => one.name === name);
      if (volume) void changeShare(context, volume, changed).catch((error: unknown) => showNotice("error", errorText(error)));
    };
  }

  show(rows: readonly VolumeRow[]): void {
    this.#volumes = rows;
    this.#none.hidden = rows.length > 0;
    this.#legend.hidden = rows.length === 0;
    const scale = shareScale(rows);
    for (const [name, row] of this.#rows) if (!rows.some((one) => one.name === name)) { row.element.remove(); this.#rows.delete(name); }
    for (const volume of rows) this.#draw(this.#row(volume.name), volume, scale);
  }

  #row(name: string): Row {
    const known = this.#rows.get(name);
    if (known) return known;
    const part = (kind: string): HTMLElement => element("span", { class: `cache-part cache-${kind}` });
    const used = part("used"), free = part("free"), borrowed = part("borrowed"), limit = element("span", { class: "cache-limit-line" }), words = element("span", { class: "muted" }), figures = element("p", { class: "cache-figures muted" });
    const change = element("button", { type: "button", class: "button", "aria-label": `Change the share of ${name}`, onclick: () => this.#change(name) }, "Share");
    const track = element("div", { class: "cache-track", role: "img" }, used, free, borrowed, limit);
    const row = { element: element("div", { class: "cache-row" }, element("p", { class: "cache-name" }, element("span", { class: "disk-name" }, name), words, change), track, figures), used, free, borrowed, limit, track, words, figures };
    this.#rows.set(name, row);
    this.#list.append(row.element);
    return row;
  }

  #draw(row: Row, volume: VolumeRow, scale: number): void {
    const bar = shareBar(volume, scale), percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
    row.used.style.width = percent(bar.guaranteedUsed);
    row.free.style.width = percent(bar.guaranteedFree);
    row.borrowed.style.width = percent(bar.borrowed);
    // Borrowed pages come after all that is guaranteed, used or not.
    row.limit.hidden = bar.limit === undefined;
    if (bar.limit !== undefined) row.limit.style.left = percent(bar.limit);
    const words = `${formatBytes(volume.pages * PAGE)} held, ${formatBytes(volume.guaranteed * PAGE)} guaranteed${volume.borrowed ? `, ${formatBytes(volume.borrowed * PAGE)} borrowed` : ""}, ${volume.limit ? `at most ${formatBytes(volume.limit * PAGE)}` : "no limit"}`;
    setText(row.words, words);
    row.track.setAttribute("aria-label", words);
    setText(row.figures, [`${formatCount(volume.dirty)} dirty`, `${formatCount(volume.writeBacks)} written back`, `${formatCount(volume.evictions)} given up`, `${formatCount(volume.diskReads)} reads and ${formatCount(volume.diskWrites)} writes of the disk`,
      POLICIES[volume.policy] ?? "", ...(volume.failures ? [`${formatCount(volume.failures)} failed`] : [])].filter(Boolean).join(" · "));
  }
}
