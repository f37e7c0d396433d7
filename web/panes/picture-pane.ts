// The live picture of the system: domains as boxes in the layers of GrailOS, calls as dots that run along the paths between
// them. A box can be reached with the keyboard (one tab stop, arrow keys between boxes) and opens its details with Enter or a
// click. The same as a table is one button away.

import type { PageContext } from "../services/page-context.ts";
import type { View } from "../services/monitor.ts";
import { element } from "./element.ts";
import type { Pane } from "./pane.ts";
import { PictureDots } from "./picture-dots.ts";
import { PictureDrawing } from "./picture-drawing.ts";
import { DomainTable } from "./domain-table.ts";

export function picturePane(context: PageContext): Pane {
  const asTable = element("button", { type: "button", class: "button", "aria-pressed": "false", onclick: () => showTable(asTable.getAttribute("aria-pressed") !== "true") }, "As a table");
  const stage = element("div", { class: "picture-stage" });
  const tableHolder = element("div", { class: "picture-table", hidden: true });
  const root = element("div", { class: "pane pane-picture", role: "group", "aria-label": "Picture of the system" },
    element("div", { class: "pane-tools" }, legend(), asTable), stage, tableHolder);

  const drawing = new PictureDrawing(stage, { open: (domain) => context.showDetails(domain) });
  const dots = new PictureDots(stage);
  const table = new DomainTable(tableHolder, { open: (domain) => context.showDetails(domain) });
  let last: View | undefined;
  let stopWatching: (() => void) | undefined;

  function showTable(on: boolean): void {
    asTable.setAttribute("aria-pressed", String(on));
    tableHolder.hidden = !on;
    stage.hidden = on;
    if (last) show(last, false);
  }

  function show(view: View, fresh: boolean): void {
    last = view;
    if (!tableHolder.hidden) { table.show(view); return; }
    const curves = drawing.show(view, context.selected.value);
    if (fresh) dots.flow(view.flows, curves, drawing.layers);
  }

  const watcher = new ResizeObserver(() => { if (last && !stage.hidden) { drawing.resized(); dots.resized(); show(last, false); } });
  watcher.observe(stage);
  const stops = [
    context.selected.subscribe(() => { if (last) show(last, false); }),
    context.theme.shown.subscribe(() => dots.recolor()),
  ];

  return {
    element: root,
    focus: () => { if (tableHolder.hidden) drawing.focus(); else table.focus(); },
    visible: (visible) => {
      stopWatching?.();
      stopWatching = visible ? context.monitor.watch((view) => show(view, true)) : undefined;
      if (!visible) dots.clear();
    },
    dispose: () => {
      stopWatching?.();
      watcher.disconnect();
      dots.clear();
      for (const stop of stops) stop();
    },
  };
}

function legend(): HTMLElement {
  const entry = (mark: string, text: string) => element("li", {}, element("span", { class: `mark mark-${mark}`, "aria-hidden": "true" }), text);
  return element("ul", { class: "legend", "aria-label": "What the marks mean" }, entry("idle", "waits"), entry("busy", "works"), entry("blocked", "calls"), entry("unwell", "suspended or dying"), entry("inline", "runs inline"));
}
