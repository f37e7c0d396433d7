// Messages as they pass: record, look at them over time and as a list, filter by domain or label, save as a file that trace viewers
// open.

import { labelName } from "../model/domain-words.ts";
import { formatDuration, plural } from "../model/format.ts";
import { CAPACITY, type Message, type MessageFilter } from "../model/timeline.ts";
import { fit, follow } from "../model/timeline-view.ts";
import { traceFile } from "../model/trace-file.ts";
import type { PageContext } from "../services/page-context.ts";
import { saveAs } from "../services/transfers.ts";
import { element, errorText, freshId, setText } from "./element.ts";
import type { Pane } from "./pane.ts";
import { TimelineCanvas } from "./timeline-canvas.ts";

const ROWS = 250;
const FOLLOWED = 60;

export function timelinePane(context: PageContext): Pane {
  const { trace } = context;
  const record = element("button", { type: "button", class: "button", "aria-pressed": "false", onclick: () => void toggle() }, "Record");
  const whole = element("button", { type: "button", class: "button", onclick: () => showAll() }, "Fit");
  const clear = element("button", { type: "button", class: "button", onclick: () => trace.clear() }, "Clear");
  const save = element("button", { type: "button", class: "button", "aria-label": "Save trace", title: "Save as a file that trace viewers open", onclick: () => saveFile() }, "Save");
  const domainId = freshId("filter");
  const labelId = freshId("filter");
  const domainChoice = element("select", { id: domainId, class: "select", onchange: () => draw() });
  const labelChoice = element("select", { id: labelId, class: "select", onchange: () => draw() });
  const count = element("p", { class: "muted timeline-count" });
  const canvas = new TimelineCanvas();
  const chart = element("div", { class: "timeline-chart", role: "group", tabindex: 0, "aria-label": "Messages over time. Plus and minus zoom, left and right move. The same messages are listed below.", onkeydown: (event: KeyboardEvent) => key(event) }, canvas.element);
  const body = element("tbody");
  const list = element("div", { class: "timeline-list", tabindex: 0, role: "group", "aria-label": "List of messages" }, element("table", { class: "table" }, element("caption", { class: "only-spoken" }, "Messages, newest first"),
    element("thead", {}, element("tr", {}, ...["Time", "From", "To", "Message", "Took", "Status"].map((name) => element("th", { scope: "col" }, name)))), body));
  const empty = element("p", { class: "pane-empty" }, "Nothing is recorded yet. Recording costs the system a little, so it is off until you press Record; then type something in a terminal.");
  const root = element("div", { class: "pane pane-timeline", role: "group", "aria-label": "Messages" },
    element("div", { class: "pane-tools" }, record, whole, clear, save,
      element("label", { class: "only-spoken", for: domainId }, "Domain"), domainChoice, element("label", { class: "only-spoken", for: labelId }, "Message"), labelChoice, count),
    empty, chart, list);

  let visible = false;
  let following = true;
  let picked: number | undefined;
  let pending = 0;
  canvas.onmove = () => { following = false; };
  canvas.onpick = (message) => { picked = message?.sequence; draw(); };

  async function toggle(): Promise<void> {
    try {
      if (trace.recording.value) await trace.stop(); else { following = true; await trace.start(); }
    } catch (error) {
      context.announcer.warn(errorText(error));
    }
  }

  function names(): (domain: number) => string {
    const known = new Map(context.monitor.view.value?.snapshot.domains.map(({ domain, name, pid }) => [domain, pid === undefined ? name : `${name} ${pid}`]));
    return (domain) => known.get(domain) ?? `domain ${domain}`;
  }

  function filter(): MessageFilter {
    return { ...(domainChoice.value ? { domain: Number(domainChoice.value) } : {}), ...(labelChoice.value ? { label: Number(labelChoice.value) } : {}) };
  }

  function showAll(): void {
    const messages = trace.timeline.messages(filter());
    if (messages.length === 0) return;
    canvas.window = fit(messages[0].time, messages.at(-1)!.time + (messages.at(-1)!.duration ?? 0));
    following = false;
    draw();
  }

  function draw(): void {
    if (!visible || pending) return;
    pending = requestAnimationFrame(() => {
      pending = 0;
      const all = trace.timeline.messages();
      const messages = trace.timeline.messages(filter());
      const named = names();
      empty.hidden = all.length > 0;
      chart.hidden = list.hidden = all.length === 0;
      offer(domainChoice, "All domains", [...new Set(all.flatMap(({ from, to }) => (to < 0 ? [from] : [from, to])))].sort((a, b) => a - b).map((domain) => [String(domain), named(domain)]));
      offer(labelChoice, "All messages", [...new Set(all.map((message) => message.label))].filter((label) => label !== 0).sort((a, b) => a - b).map((label) => [String(label), labelName(label)]));
      setText(count, `${plural(messages.length, "message")}${all.length >= CAPACITY ? `, the newest ${CAPACITY}` : ""}${trace.timeline.lost ? `; ${trace.timeline.lost} lost` : ""}`);
      if (following && messages.length) {
        // As wide as the newest few dozen messages need, so that bursts can be read.
        const last = messages.at(-1)!.time;
        canvas.window = follow(fit(messages[Math.max(0, messages.length - FOLLOWED)].time, last), last);
      }
      canvas.show(messages, named, picked);
      showRows(messages.slice(-ROWS).reverse(), named, messages[0]?.time ?? 0);
    });
  }

  function showRows(messages: Message[], named: (domain: number) => string, origin: number): void {
    body.replaceChildren(...messages.map((message) => {
      const texts = [
        `${((message.time - origin) / 1000).toFixed(3)} ms`, named(message.from), message.to < 0 ? "–" : named(message.to), message.kind === "call" || message.kind === "enter" ? `${labelName(message.label)}${message.kind === "enter" ? " (inline)" : ""}` : `${message.kind}${message.label ? ` ${labelName(message.label)}` : ""}`,
        message.duration === undefined ? (message.kind === "call" || message.kind === "enter" ? "open" : "–") : formatDuration(message.duration), message.status === undefined ? "–" : String(message.status),
      ];
      return element("tr", { class: `${message.sequence === picked ? "picked" : ""} ${(message.status ?? 0) < 0 ? "failed" : ""}`, onclick: () => { picked = message.sequence; draw(); } }, ...texts.map((text) => element("td", {}, text)));
    }));
  }

  function saveFile(): void {
    const named = names();
    saveAs("grailos-trace.json", traceFile(trace.timeline.messages(filter()), { domain: named, label: labelName }), "application/json");
  }

  function key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const actions: Record<string, () => void> = { "+": () => canvas.zoom(0.7), "=": () => canvas.zoom(0.7), "-": () => canvas.zoom(1.4), ArrowLeft: () => canvas.pan(-0.15), ArrowRight: () => canvas.pan(0.15), "0": showAll };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  const watcher = new ResizeObserver(() => canvas.draw());
  watcher.observe(chart);
  const stops = [
    trace.version.subscribe(() => draw()),
    context.theme.shown.subscribe(() => draw()),
    trace.recording.subscribe((on) => {
      record.setAttribute("aria-pressed", String(on));
      setText(record, on ? "Stop" : "Record");
    }),
  ];
  let stopWatching: (() => void) | undefined;
  return {
    element: root,
    focus: () => record.focus(),
    visible: (now) => {
      visible = now;
      stopWatching?.();
      // Only for the names of domains.
      stopWatching = now ? context.monitor.watch(() => {}) : undefined;
      draw();
    },
    dispose: () => {
      void trace.stop();
      stopWatching?.();
      watcher.disconnect();
      cancelAnimationFrame(pending);
      for (const stop of stops) stop();
    },
  };
}

/** Options of a select, changed only if they differ, as an open list would close otherwise. */
function offer(select: HTMLSelectElement, all: string, options: [string, string][]): void {
  const wanted = [["", all], ...options];
  const signature = JSON.stringify(wanted);
  if (select.dataset["signature"] === signature) return;
  select.dataset["signature"] = signature;
  const before = select.value;
  select.replaceChildren(...wanted.map(([value, text]) => element("option", { value }, text)));
  select.value = wanted.some(([value]) => value === before) ? before : "";
}
