// Draws the layout of the picture as SVG and keeps its elements from tick to tick: a box is made when its domain appears, changed in
// place, and taken away when the domain is gone.

import type { Flow } from "../model/call-flow.ts";
import { activityText, describeDomain, labelName, LAYER_NAMES, mood } from "../model/domain-words.ts";
import { formatBytes, formatCount } from "../model/format.ts";
import type { DomainSnapshot, Layer, SystemSnapshot } from "../model/machine-api.ts";
import { curvePoint, layoutPicture, type Band, type Box, type Curve, type Picture } from "../model/picture-layout.ts";
import type { View } from "../services/monitor.ts";
import { element, setAttribute, setText, svg } from "./element.ts";

interface BoxParts { group: SVGGElement; frame: SVGRectElement; name: SVGTextElement; activity: SVGTextElement; figures: SVGTextElement; stripe: SVGRectElement; mark: SVGCircleElement; incarnation: number }
/** Call paths faster than this (calls per second) may carry their rate, the fastest few of them. */
const LABELLED = { least: 5, most: 6 };

export class PictureDrawing {
  /** Layer by domain number, of what is drawn. */
  layers = new Map<number, Layer>();
  #stage: HTMLElement;
  #open: (domain: number) => void;
  #bands = svg("g", { "aria-hidden": "true" });
  #curves = svg("g", { "aria-hidden": "true" });
  #boxes = svg("g", { role: "group", "aria-label": "Domains" });
  #rates = svg("g", { "aria-hidden": "true" });
  #root = svg("svg", { class: "picture" }, this.#bands, this.#curves, this.#boxes, this.#rates);
  #bandParts = new Map<Layer, { frame: SVGRectElement; title: SVGTextElement; lines: SVGTextElement[] }>();
  #boxParts = new Map<number, BoxParts>();
  #curveParts = new Map<string, SVGPathElement>();
  #picture: Picture | undefined;
  #signature = "";
  #current: number | undefined;

  constructor(stage: HTMLElement, actions: { open(domain: number): void }) {
    this.#stage = stage;
    this.#open = actions.open;
    // A div around it scrolls, the canvas of the dots lies over it.
    this.#stage.append(element("div", { class: "picture-scroll" }, this.#root as unknown as Node));
    this.#boxes.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The size of the stage changed: lay out anew with the next view. */
  resized(): void { this.#signature = ""; }

  focus(): void { (this.#boxParts.get(this.#current ?? -1) ?? this.#boxParts.values().next().value)?.group.focus(); }

  show(view: View, selected: number | undefined): Map<string, Curve> {
    const { snapshot, flows } = view;
    const paths = flows.filter((flow) => flow.total > 0);
    const signature = `${snapshot.domains.map((one) => `${one.domain}.${one.incarnation}.${one.layer}`).join()} ${paths.map((one) => `${one.from}-${one.to}`).sort().join()}`;
    if (signature !== this.#signature || !this.#picture) {
      this.#signature = signature;
      this.#picture = layoutPicture(snapshot.domains, paths, { width: this.#stage.clientWidth, height: this.#stage.clientHeight });
      this.#place(this.#picture, snapshot);
    }
    for (const domain of snapshot.domains) this.#updateBox(domain, domain.domain === selected);
    this.#updatePlates(snapshot);
    const curves = new Map(this.#picture.curves.map((curve) => [`${curve.from} ${curve.to}`, curve]));
    this.#updateCurves(flows, curves);
    return curves;
  }

  #place({ width, height, bands, boxes }: Picture, snapshot: SystemSnapshot): void {
    setAttribute(this.#root, "viewBox", `0 0 ${width} ${height}`);
    setAttribute(this.#root, "width", width);
    setAttribute(this.#root, "height", height);
    for (const band of bands) this.#placeBand(band);
    const domains = new Map(snapshot.domains.map((domain) => [domain.domain, domain]));
    this.layers = new Map(snapshot.domains.map(({ domain, layer }) => [domain, layer]));
    for (const [number, parts] of this.#boxParts) {
      if (domains.get(number)?.incarnation === parts.incarnation) continue;
      // The one that held the keyboard hands it to the picture, not to the page.
      const hadFocus = document.activeElement === parts.group;
      parts.group.remove();
      this.#boxParts.delete(number);
      if (hadFocus) queueMicrotask(() => this.focus());
    }
    // In the order of the layout, which is also the order for a screen reader.
    for (const box of boxes) this.#placeBox(box, domains.get(box.domain)!);
    if (this.#current === undefined || !this.#boxParts.has(this.#current)) this.#current = boxes[0]?.domain;
    this.#rove();
  }

  #placeBand(band: Band): void {
    let parts = this.#bandParts.get(band.layer);
    if (!parts) {
      parts = { frame: svg("rect", { class: "band-frame", rx: 10 }), title: svg("text", { class: "band-title" }, LAYER_NAMES[band.layer]), lines: [svg("text", { class: "band-line" }), svg("text", { class: "band-line" })] };
      this.#bands.append(svg("g", { class: `band layer-${band.layer}` }, parts.frame, parts.title, ...parts.lines));
      this.#bandParts.set(band.layer, parts);
    }
    setRectangle(parts.frame, band);
    setAttribute(parts.title, "x", band.x + 12);
    setAttribute(parts.title, "y", band.y + (band.height <= 60 ? band.height / 2 + 4 : 24));
    parts.lines.forEach((line, index) => {
      setAttribute(line, "x", band.x + 92);
      setAttribute(line, "y", band.height <= 40 ? band.y + band.height / 2 + 4 : band.y + band.height - 32 + index * 18);
    });
  }

  #placeBox(box: Box, domain: DomainSnapshot): void {
    let parts = this.#boxParts.get(box.domain);
    if (!parts) {
      parts = {
        frame: svg("rect", { class: "box-frame", rx: 8, height: box.height }), stripe: svg("rect", { class: "box-stripe", rx: 2, width: 4, x: 0, y: 10, height: box.height - 20 }),
        mark: svg("circle", { class: "box-mark", r: 4, cy: 20 }), name: svg("text", { class: "box-name", x: 14, y: 24 }), activity: svg("text", { class: "box-line", x: 14, y: 41 }), figures: svg("text", { class: "box-line", x: 14, y: 56 }),
        group: svg("g", { role: "button", "data-domain": box.domain, onclick: () => this.#open(box.domain) }), incarnation: domain.incarnation,
      };
      parts.group.append(parts.frame, parts.stripe, parts.mark, parts.name, parts.activity, parts.figures);
      parts.group.addEventListener("focus", () => { this.#current = box.domain; this.#rove(); });
      this.#boxParts.set(box.domain, parts);
    }
    this.#boxes.append(parts.group);
    parts.group.style.transform = `translate(${box.x}px, ${box.y}px)`;
    setAttribute(parts.frame, "width", box.width);
    setAttribute(parts.mark, "cx", box.width - 14);
  }

  #updateBox(domain: DomainSnapshot, selected: boolean): void {
    const parts = this.#boxParts.get(domain.domain);
    if (!parts) return;
    const room = Math.floor((Number(parts.frame.getAttribute("width")) - 26) / 6.1);
    setAttribute(parts.group, "class", `box layer-${domain.layer} mood-${mood(domain)} placed-${domain.placement}${selected ? " selected" : ""}`);
    setAttribute(parts.group, "aria-label", describeDomain(domain));
    setText(parts.name, cut(domain.pid === undefined ? domain.name : `${domain.name} · ${domain.pid}`, room - 4));
    setText(parts.activity, cut(activityText(domain), room));
    setText(parts.figures, cut(`${domain.memory ? formatBytes(domain.memory) : "–"} · ${domain.placement}`, room));
  }

  #updatePlates({ counts, machine, domains }: SystemSnapshot): void {
    const lines = (layer: Layer, ...texts: string[]) => this.#bandParts.get(layer)?.lines.forEach((line, index) => setText(line, texts[index] ?? ""));
    const chars = Math.floor(((this.#picture?.width ?? 600) - 130) / 6.1);
    lines("kernel", cut(`${counts.domains} domains · ${counts.threads} threads · ${counts.endpoints} endpoints · ${counts.notifications} notifications`, chars), cut(`${counts.dataspaces} dataspaces in ${formatCount(counts.frames)} frames · ${formatCount(counts.caps)} capabilities · ${counts.replies} replies due`, chars));
    lines("machine", cut(`${machine.workers} Workers, ${machine.idleWorkers} of them idle, on ${machine.processors} processors`, chars), cut(`${machine.memories} Wasm memories · kernel ${formatBytes(machine.kernelBytes)} · page memory ${formatBytes(machine.pageBytes)}`, chars));
    const has = (layer: Layer) => domains.some((domain) => domain.layer === layer);
    lines("process", has("process") ? "" : "no process runs");
    lines("personality", has("personality") ? "" : cut("run inside their processes, as emulation libraries", chars));
    lines("server", "");
  }

  #updateCurves(flows: readonly Flow[], curves: Map<string, Curve>): void {
    const seen = new Set<string>();
    for (const flow of flows) {
      const key = `${flow.from} ${flow.to}`;
      const curve = curves.get(key);
      if (!curve) continue;
      seen.add(key);
      let path = this.#curveParts.get(key);
      if (!path) {
        path = svg("path", { class: "call-path" }, svg("title"));
        this.#curves.append(path);
        this.#curveParts.set(key, path);
      }
      setAttribute(path, "d", pathOf(curve));
      path.style.strokeOpacity = String(0.22 + 0.68 * flow.warmth);
      path.style.strokeWidth = String(1 + Math.min(3, Math.log10(1 + flow.rate)));
      setText(path.firstElementChild!, flow.labels.slice(0, 5).map(({ label, count }) => `${labelName(label)}: ${count}`).join("\n"));
    }
    for (const [key, path] of this.#curveParts) if (!seen.has(key)) { path.remove(); this.#curveParts.delete(key); }
    const fastest = flows.filter((flow) => flow.rate >= LABELLED.least && curves.has(`${flow.from} ${flow.to}`)).sort((a, b) => b.rate - a.rate).slice(0, LABELLED.most);
    this.#rates.replaceChildren(...fastest.map((flow) => {
      const { x, y } = curvePoint(curves.get(`${flow.from} ${flow.to}`)!, 0.5);
      return svg("text", { class: "call-rate", x, y }, `${formatCount(flow.rate)}/s`);
    }));
  }

  #key(event: KeyboardEvent): void {
    const group = (event.target as Element).closest<SVGGElement>("[data-domain]");
    if (!group || event.altKey || event.ctrlKey || event.metaKey) return;
    const domain = Number(group.dataset["domain"]);
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.#open(domain); return; }
    const next = this.#neighbour(domain, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#boxParts.get(next)?.group.focus();
  }

  /** The nearest box in the direction of an arrow key, counting what lies across it double. */
  #neighbour(domain: number, key: string): number | undefined {
    const boxes = this.#picture?.boxes ?? [];
    if (key === "Home") return boxes[0]?.domain;
    if (key === "End") return boxes.at(-1)?.domain;
    const directions: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const direction = directions[key];
    const here = boxes.find((box) => box.domain === domain);
    if (!direction || !here) return undefined;
    const [dx, dy] = direction;
    const candidates = boxes.flatMap((box) => {
      const [x, y] = [box.x + box.width / 2 - here.x - here.width / 2, box.y - here.y];
      const along = x * dx + y * dy;
      return along > 1 ? [{ domain: box.domain, distance: along + 2 * Math.abs(x * dy + y * dx) }] : [];
    });
    return candidates.sort((a, b) => a.distance - b.distance)[0]?.domain;
  }

  #rove(): void {
    for (const [number, { group }] of this.#boxParts) setAttribute(group, "tabindex", number === this.#current ? 0 : -1);
  }
}

function pathOf({ start, control1, control2, end }: Curve): string {
  const at = ({ x, y }: { x: number; y: number }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(start)} C${at(control1)} ${at(control2)} ${at(end)}`;
}

function setRectangle(target: SVGRectElement, { x, y, width, height }: Band): void {
  for (const [name, value] of Object.entries({ x, y, width, height })) setAttribute(target, name, value);
}

function cut(text: string, length: number): string { return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`; }
