// Disks and the buffer cache: what there is, how much of it is cached, and how well that works. Looks at the system only while it is in view.

import { HISTORY, VolumeHistory } from "../model/volume-history.ts";
import { formatBytes } from "../model/format.ts";
import { niceTop } from "../model/placement-board.ts";
import type { PageContext } from "../services/page-context.ts";
import { Chart } from "./chart.ts";
import { element, errorText, setText } from "./element.ts";
import type { Pane } from "./pane.ts";
import { CacheBars } from "./storage-cache.ts";
import { DiskList } from "./storage-disks.ts";
import { createDisk, importDisk } from "./storage-dialogs.ts";
import "../style/storage.css";

/** Milliseconds between two looks at the cache; the disks are looked at with every fourth. */
const PERIOD = 1000, DISKS_EVERY = 4;

export function storagePane(context: PageContext): Pane {
  const problem = element("p", { class: "problem", role: "alert" });
  const kept = element("p", { class: "storage-kept muted" });
  const create = element("button", { type: "button", class: "button button-primary", onclick: () => createDisk(context, () => void lookAtDisks()) }, "New disk");
  const bring = element("button", { type: "button", class: "button", onclick: () => importDisk(context, () => void lookAtDisks()) }, "Import an image");
  const list = new DiskList(context, () => lookAtDisks());
  const bars = new CacheBars(context, () => void lookAtCache());
  const hitRate = new Chart(context.theme, { title: "Hit rate", color: "good", span: HISTORY, format: (value) => `${Math.round(value)} %`, top: () => 100 });
  const dirty = new Chart(context.theme, { title: "Dirty pages", color: "accent", span: HISTORY, format: (value) => String(Math.round(value)), top: (most) => niceTop([most]) });
  const charts = element("div", { class: "chart-row" }, hitRate.element, dirty.element);
  const root = element("div", { class: "pane pane-storage", role: "group", "aria-label": "Storage" },
    element("div", { class: "pane-tools" }, create, bring, kept),
    element("div", { class: "pane-scroll", tabindex: 0, role: "group", "aria-label": "Disks and the buffer cache" },
      problem, list.element, element("h2", { class: "storage-heading" }, "Buffer cache"), bars.element, charts));
  const history = new VolumeHistory();
  let timer: ReturnType<typeof setTimeout> | undefined, looks = 0, shown = false;

  async function lookAtDisks(): Promise<void> {
    try {
      list.show(await context.machine.storage({ kind: "disks" }));
      setText(problem, "");
    } catch (error) { setText(problem, errorText(error)); }
    if (context.session.kind === "own") await context.keeper.look();
  }

  async function lookAtCache(): Promise<void> {
    const rows = await context.machine.storage({ kind: "volumes" });
    history.add(performance.now() / 1000, rows);
    bars.show(rows);
    charts.hidden = rows.length === 0;
    const times = history.samples.map(({ time }) => time);
    hitRate.draw(times, history.samples.map((sample) => sample.hitRate));
    dirty.draw(times, history.samples.map((sample) => sample.dirty));
  }

  async function look(): Promise<void> {
    if (looks++ % DISKS_EVERY === 0) await lookAtDisks();
    // It tells of itself with the disks if it cannot be asked.
    await lookAtCache().catch(() => undefined);
    if (shown) timer = setTimeout(() => void look(), PERIOD);
  }

  const stop = context.keeper.state.subscribe(({ promised, usage, quota }) => setText(kept, keptText(context.session.kind, promised, usage, quota)));
  return {
    element: root,
    focus: () => create.focus(),
    visible: (visible) => {
      if (visible === shown) return;
      shown = visible;
      clearTimeout(timer);
      looks = 0;
      if (visible) void look();
    },
    dispose: () => { shown = false; clearTimeout(timer); stop(); hitRate.dispose(); dirty.dispose(); },
  };
}

function keptText(session: "own" | "link", promised: boolean | undefined, usage: number | undefined, quota: number | undefined): string {
  if (session === "link") return "Opened from a link: disks in memory only.";
  const space = usage === undefined || quota === undefined ? "" : `${formatBytes(usage)} of ${formatBytes(quota)} used.`;
  return [space, promised === true ? "The browser has promised to keep it." : ""].filter(Boolean).join(" ");
}
