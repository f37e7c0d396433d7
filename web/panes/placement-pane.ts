// The placement board: servers as cards in columns; a card that is moved to the other column, by pointer or keyboard, moves the server while it works. Each
// card shows the calls that its server answers; on demand, a load of file writes shows the throughput as it changes.

import { formatCount } from "../model/format.ts";
import type { Placement } from "../model/machine-api.ts";
import { COLUMNS, niceTop, PlacementBoard, type BoardCard } from "../model/placement-board.ts";
import type { View } from "../services/monitor.ts";
import type { PageContext } from "../services/page-context.ts";
import { FileLoad } from "../services/file-load.ts";
import { Chart } from "./chart.ts";
import { element, errorText, setText } from "./element.ts";
import type { Pane } from "./pane.ts";
import { PlacementCard } from "./placement-card.ts";
import "../style/storage.css";

/** Seconds of the throughput chart. */
const SPAN = 60, CHART_HEIGHT = 92, MIB = 1 << 20;

export function placementPane(context: PageContext): Pane {
  const board = new PlacementBoard(), cards = new Map<string, PlacementCard>(), load = new FileLoad(context.machine);
  const problem = element("p", { class: "problem", role: "alert" });
  const toggle = element("button", { type: "button", class: "button", "aria-pressed": "false", onclick: () => setLoad(!load.running) }, "Write files");
  const chart = new Chart(context.theme, { title: "Throughput of writing files", color: "accent", span: SPAN, height: CHART_HEIGHT, format: (value) => `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} MiB/s`, top: (most) => niceTop([most], 1) });
  const calls = new Chart(context.theme, { title: "Calls between domains", color: "layer-server", span: SPAN, height: CHART_HEIGHT, format: (value) => `${formatCount(value)}/s`, top: (most) => niceTop([most]) });
  const columns = COLUMNS.map(({ placement, title, about }) => {
    const list = element("ul", { class: "board-cards", "aria-label": title });
    return { placement, title, list, element: element("section", { class: "board-column", "data-placement": placement, "aria-label": title }, element("h3", {}, title), element("p", { class: "muted" }, about), list) };
  });
  const fixed = element("ul", {}), rest = element("details", { class: "board-fixed" }, element("summary", {}, "Servers that stay in their Worker"), fixed);
  const root = element("div", { class: "pane pane-placement", role: "group", "aria-label": "Placement of servers" },
    element("div", { class: "pane-tools" }, toggle, element("p", { class: "board-hint muted" }, "Writing files gives the file servers something to do. Drag a server to the other column, or press ← or → on it: it moves while it works, and no call is lost.")),
    element("div", { class: "pane-scroll", tabindex: 0, role: "group", "aria-label": "Board" },
      element("div", { class: "chart-row" }, chart.element, calls.element), problem, element("div", { class: "board" }, ...columns.map((column) => column.element)), rest));
  const times: number[] = [], rates: number[] = [], throughputs: (number | null)[] = [];
  let stopWatching: (() => void) | undefined;

  function setLoad(on: boolean): void {
    toggle.setAttribute("aria-pressed", String(on));
    setText(toggle, on ? "Stop writing" : "Write files");
    setText(problem, "");
    if (on) void load.run((error) => { setText(problem, error); setLoad(false); }); else load.stop();
  }

  async function move(card: BoardCard, placement: Placement): Promise<void> {
    if (placement === card.placement || placement === "linked") return;
    setText(problem, "");
    try {
      await context.machine.place(card.domain, placement);
      context.announcer.say(`${card.name} is placed ${placement === "worker" ? "in its own Worker" : "inline in its callers"}.`);
    } catch (error) { setText(problem, errorText(error)); }
    context.monitor.refresh();
  }

  function show({ snapshot, callsPerSecond }: View): void {
    const all = board.update(snapshot), top = niceTop(all.filter(({ movable }) => movable).flatMap(({ history }) => history)), seen = new Set<string>();
    for (const card of all.filter(({ movable }) => movable)) {
      const key = `${card.domain}.${card.incarnation}`;
      seen.add(key);
      let shown = cards.get(key);
      if (!shown) cards.set(key, shown = new PlacementCard(columns.map(({ placement, element: column, title }) => ({ placement, element: column, title })), (moved, placement) => void move(moved, placement)));
      shown.show(card, top);
      const list = columns.find(({ placement }) => placement === card.placement)?.list ?? columns[0]!.list;
      if (shown.element.parentElement !== list && !shown.dragged) shown.moveTo(list);
    }
    for (const [key, card] of cards) if (!seen.has(key)) { card.element.remove(); cards.delete(key); }
    const still = all.filter(({ movable }) => !movable);
    while (fixed.children.length > still.length) fixed.lastChild!.remove();
    while (fixed.children.length < still.length) fixed.append(element("li"));
    still.forEach((card, index) => setText(fixed.children[index]!, `${card.name} · ${formatCount(card.answered)}/s`));
    times.push(snapshot.time / 1000);
    rates.push(callsPerSecond);
    const written = load.take();
    throughputs.push(written === null ? null : written / MIB);
    if (times.length > 400) for (const list of [times, rates, throughputs]) list.shift();
    chart.draw(times, throughputs);
    calls.draw(times, rates);
  }

  return {
    element: root,
    focus: () => toggle.focus(),
    visible: (visible) => {
      stopWatching?.();
      stopWatching = visible ? context.monitor.watch(show) : undefined;
      if (!visible && load.running) setLoad(false);
    },
    dispose: () => { stopWatching?.(); load.stop(); chart.dispose(); calls.dispose(); },
  };
}
