// One domain from near: its state and figures, its calls over the last minute, whom it calls and who calls it, its capabilities;
// buttons to place and to kill it.

import { activityText, describeDomain, kindName, labelsText, LAYER_NOUNS, rightNames } from "../model/domain-words.ts";
import { formatBytes, formatCount } from "../model/format.ts";
import type { CapRow, DomainSnapshot } from "../model/machine-api.ts";
import type { PageContext } from "../services/page-context.ts";
import type { View } from "../services/monitor.ts";
import { element, errorText, setAttribute, setText, svg } from "./element.ts";
import type { Pane, PaneHost, PaneParameters } from "./pane.ts";

const HISTORY = 150;
const CAPS_SHOWN = 200;

export function detailsPane(context: PageContext, _parameters: PaneParameters, host: PaneHost): Pane {
  const heading = element("h2", { class: "details-name", tabindex: -1 }, "No domain chosen");
  const hint = element("p", { class: "muted" }, "Choose a box in the picture of the system, or a name in its table.");
  const body = element("div", { class: "details-body", hidden: true });
  const root = element("div", { class: "pane pane-details pane-scroll", role: "group", "aria-label": "Details of a domain", tabindex: 0 }, heading, hint, body);

  const facts = new Facts();
  const place = { worker: placeButton("worker", "Own Worker"), inline: placeButton("inline", "Inline") };
  const placeNote = element("p", { class: "muted" });
  const kill = element("button", { type: "button", class: "button button-danger", onclick: () => void killIt() }, "Kill");
  const problem = element("p", { class: "problem", role: "alert" });
  const spark = svg("polyline", { class: "spark-line", points: "" });
  const sparkText = element("p", { class: "muted" });
  const peers = element("ul", { class: "peer-list" });
  const capsBody = element("tbody");
  const capsNote = element("p", { class: "muted" });
  body.append(
    element("div", { class: "details-actions" },
      element("div", { class: "button-group", role: "group", "aria-label": "Placement" }, place.worker, place.inline), kill),
    placeNote, problem, facts.element,
    element("h3", {}, "Calls per second"), svg("svg", { class: "spark", viewBox: `0 0 ${HISTORY - 1} 40`, preserveAspectRatio: "none", "aria-hidden": "true" }, spark) as unknown as Node, sparkText,
    element("h3", {}, "Calls"), peers,
    element("h3", {}, "Capabilities"), capsNote,
    element("table", { class: "table" }, element("caption", { class: "only-spoken" }, "Capabilities"),
      element("thead", {}, element("tr", {}, ...["Slot", "Object", "Rights", "Badge", "Owner"].map((name) => element("th", { scope: "col" }, name)))), capsBody));

  let history: number[] = [];
  let shown: { domain: number; incarnation: number } | undefined;
  let lastCaps = 0;
  let stopWatching: (() => void) | undefined;

  function placeButton(placement: "worker" | "inline", label: string): HTMLButtonElement {
    return element("button", { type: "button", class: "button", onclick: () => void act(async (domain) => {
      await context.machine.place(domain.domain, placement);
      context.announcer.say(`${domain.name} is placed ${placement === "worker" ? "in its own Worker" : "inline"}.`);
    }) }, label);
  }

  function current(): DomainSnapshot | undefined {
    return context.monitor.view.value?.snapshot.domains.find((one) => one.domain === context.selected.value);
  }

  async function act(what: (domain: DomainSnapshot) => Promise<void>): Promise<void> {
    const domain = current();
    if (!domain) return;
    setText(problem, "");
    try {
      await what(domain);
    } catch (error) {
      setText(problem, errorText(error));
    }
    context.monitor.refresh();
  }

  async function killIt(): Promise<void> {
    await act((domain) => context.machine.kill(domain.domain));
  }

  function show(view: View): void {
    const domain = view.snapshot.domains.find((one) => one.domain === context.selected.value);
    if (!domain) {
      if (shown) {
        setText(hint, `${heading.textContent} is gone. Choose another domain.`);
        for (const button of [place.worker, place.inline, kill]) button.disabled = true;
      }
      hint.hidden = false;
      return;
    }
    if (shown?.domain !== domain.domain || shown.incarnation !== domain.incarnation) {
      shown = { domain: domain.domain, incarnation: domain.incarnation };
      history = [];
      lastCaps = 0;
      setText(problem, "");
      host.setTitle(`Details: ${domain.name}`);
    }
    hint.hidden = true;
    body.hidden = false;
    setText(heading, domain.name);
    setAttribute(root, "data-layer", domain.layer);
    facts.show(domain, view);
    for (const placement of ["worker", "inline"] as const) {
      setAttribute(place[placement], "aria-pressed", String(domain.placement === placement));
      place[placement].disabled = !domain.movable;
    }
    setText(placeNote, domain.movable ? "" : domain.placement === "linked" ? "It is one module with its caller and cannot be moved." : LAYER_NOUNS[domain.layer] === "process" ? "Processes stay in their Worker." : "It talks to browser APIs, so it stays in its Worker.");
    placeNote.hidden = domain.movable;
    kill.disabled = domain.state === "dying";
    showCalls(domain, view);
    if (performance.now() - lastCaps > 2000) {
      lastCaps = performance.now();
      void context.machine.capabilities(domain.domain).then((rows) => showCaps(rows, view), () => {});
    }
  }

  function showCalls(domain: DomainSnapshot, view: View): void {
    const flows = view.flows.filter((flow) => flow.total > 0 && (flow.from === domain.domain || flow.to === domain.domain));
    const rate = flows.reduce((sum, flow) => sum + flow.rate, 0);
    history = [...history, rate].slice(-HISTORY);
    const most = Math.max(1, ...history);
    setAttribute(spark, "points", history.map((value, index) => `${HISTORY - history.length + index},${(38 - (36 * value) / most).toFixed(1)}`).join(" "));
    setText(sparkText, `now ${formatCount(rate)}, most ${formatCount(Math.max(0, ...history))} in the last minute`);
    const name = (number: number) => view.snapshot.domains.find((one) => one.domain === number)?.name ?? `domain ${number}`;
    const lines = flows.sort((a, b) => b.total - a.total).slice(0, 12).map((flow) => {
      const outward = flow.from === domain.domain;
      const other = outward ? flow.to : flow.from;
      const labels = labelsText(flow.labels, 3);
      return `${outward ? "calls" : "called by"} ${name(other)}: ${formatCount(flow.total)}${labels && ` (${labels})`}`;
    });
    while (peers.children.length > lines.length) peers.lastElementChild!.remove();
    lines.forEach((text, index) => {
      if (!peers.children[index]) peers.append(element("li"));
      setText(peers.children[index], text);
    });
    if (lines.length === 0) peers.replaceChildren(element("li", { class: "muted" }, "none yet"));
  }

  function showCaps(rows: CapRow[], view: View): void {
    const names = new Map(view.snapshot.domains.map(({ domain, name }) => [domain, name]));
    setText(capsNote, rows.length > CAPS_SHOWN ? `The first ${CAPS_SHOWN} of ${rows.length}.` : "");
    capsNote.hidden = rows.length <= CAPS_SHOWN;
    capsBody.replaceChildren(...rows.slice(0, CAPS_SHOWN).map(({ slot, kind, rights, badge, object, owner }) =>
      element("tr", {}, ...[String(slot), `${kindName(kind)} ${object}`, rightNames(rights), String(badge), names.get(owner) ?? (owner > 0 ? `domain ${owner}` : "–")].map((text) => element("td", {}, text)))));
  }

  const stops = [context.selected.subscribe(() => { const view = context.monitor.view.value; if (view && stopWatching) show(view); })];
  return {
    element: root,
    focus: () => heading.focus(),
    visible: (visible) => {
      stopWatching?.();
      stopWatching = visible ? context.monitor.watch(show) : undefined;
    },
    dispose: () => {
      stopWatching?.();
      for (const stop of stops) stop();
    },
  };
}

/** The list of figures. */
class Facts {
  readonly element = element("dl", { class: "facts" });
  #values = new Map<string, HTMLElement>();

  show(domain: DomainSnapshot, view: View): void {
    const waitsOn = domain.waitsOn < 0 ? undefined : view.snapshot.domains.find((one) => one.domain === domain.waitsOn)?.name ?? `domain ${domain.waitsOn}`;
    this.#set("What", `${LAYER_NOUNS[domain.layer]}, domain ${domain.domain}${domain.pid === undefined ? "" : `, process ${domain.pid}`}${domain.terminal === undefined ? "" : `, terminal ${domain.terminal}`}`);
    this.#set("State", domain.state === "running" && domain.activity !== "running" ? `running: ${activityText(domain)}` : domain.state);
    this.#set("Waits on", waitsOn ?? "nobody");
    this.#set("Placement", domain.placement);
    this.#set("Memory", domain.memory > 0 ? formatBytes(domain.memory) : "JavaScript heap, not measured");
    this.#set("Frames", `${formatCount(domain.frames)} of ${formatCount(domain.frameQuota)} (${formatBytes(domain.frames * 4096)})`);
    this.#set("Capabilities", `${formatCount(domain.caps)} of ${formatCount(domain.capQuota)}`);
    this.#set("Calls made", formatCount(domain.calls));
    this.#set("Calls answered", formatCount(domain.served));
    setAttribute(this.element, "aria-label", describeDomain(domain));
  }

  #set(name: string, text: string): void {
    let value = this.#values.get(name);
    if (!value) {
      value = element("dd");
      this.#values.set(name, value);
      this.element.append(element("div", {}, element("dt", {}, name), value));
    }
    setText(value, text);
  }
}
