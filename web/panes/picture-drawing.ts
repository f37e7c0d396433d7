// Draws the layout of the picture as SVG and keeps its elements from tick to tick: a box is made when its domain appears, changed in
// place, and taken away when the domain is gone.

import type { Flow } from "../model/call-flow.ts";
import { activityText, describeDomain, labelsText, LAYER_NAMES, memoryText, mood } from "../model/domain-words.ts";
import { formatBytes, formatCount } from "../model/format.ts";
import type { DomainSnapshot, Layer, SystemSnapshot } from "../model/machine-api.ts";
import { layoutPicture, TITLE_WIDTH, type Band, type Box, type Picture } from "../model/picture-layout.ts";
import { pathPoint, type CallPath, type Point } from "../model/picture-paths.ts";
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

  show(view: View, selected: number | undefined): Map<string, CallPath> {
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
    const curves = new Map(this.#picture.paths.map((path) => [`${path.from} ${path.to}`, path]));
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
    for (const box of boxes) this.#placeBox(box, domains.get(box.domain)!);
    this.#order(boxes);
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
    // Beside boxes the title stands upright; a band without boxes has one or two lines of text behind it.
    const upright = !band.empty && band.height > 68;
    const [x, y] = upright ? [band.x + TITLE_WIDTH / 2 + 4, band.y + band.height / 2] : [band.x + 12, band.y + (band.empty ? band.height / 2 + 4 : 20)];
    setAttribute(parts.title, "transform", upright ? `translate(${x} ${y}) rotate(-90)` : `translate(${x} ${y})`);
    setAttribute(parts.title, "font-size", upright && band.height < 96 ? 10.5 : 12);
    setAttribute(parts.title, "text-anchor", upright ? "middle" : "start");
    parts.lines.forEach((line, index) => {
      setAttribute(line, "x", band.x + 108);
      setAttribute(line, "y", band.height < 44 ? band.y + band.height / 2 + 4 : band.y + band.height - 32 + index * 18);
    });
  }

  #placeBox(box: Box, domain: DomainSnapshot): void {
    let parts = this.#boxParts.get(box.domain);
    if (!parts) {
      parts = {
        frame: svg("rect", { class: "box-frame", rx: 8 }), stripe: svg("rect", { class: "box-stripe", rx: 2, width: 4, x: 0, y: 10 }), mark: svg("circle", { class: "box-mark", r: 4 }), name: svg("text", { class: "box-name", x: 12 }), activity: svg("text", { class: "box-line", x: 12 }), figures: svg("text", { class: "box-line", x: 12 }),
        group: svg("g", { role: "button", "data-domain": box.domain, onclick: () => this.#open(box.domain) }), incarnation: domain.incarnation,
      };
      parts.group.append(parts.frame, parts.stripe, parts.mark, parts.name, parts.activity, parts.figures);
      parts.group.addEventListener("focus", () => { this.#current = box.domain; this.#rove(); });
      this.#boxParts.set(box.domain, parts);
    }
    parts.group.style.transform = `translate(${box.x}px, ${box.y}px)`;
    setAttribute(parts.frame, "width", box.width);
    setAttribute(parts.frame, "height", box.height);
    setAttribute(parts.stripe, "height", box.height - 20);
    setAttribute(parts.mark, "cx", box.width - 12);
    setAttribute(parts.mark, "cy", box.height * 0.27);
    [parts.name, parts.activity, parts.figures].forEach((text, line) => setAttribute(text, "y", Math.round(box.height * (0.34 + 0.26 * line))));
  }

  /** The elements in the order of the layout, which is also the order for a screen reader. Only those out of place are moved, since an element
   *  that moves loses the keyboard; should it be the very one that holds it, it gets it back. */
  #order(boxes: readonly Box[]): void {
    const focused = document.activeElement;
    let next = this.#boxes.firstElementChild;
    for (const { domain } of boxes) {
      const { group } = this.#boxParts.get(domain)!;
      if (group === next) next = next.nextElementSibling;
      else this.#boxes.insertBefore(group, next);
    }
    if (focused instanceof SVGElement && focused !== document.activeElement && this.#boxes.contains(focused)) focused.focus();
  }

  #updateBox(domain: DomainSnapshot, selected: boolean): void {
    const parts = this.#boxParts.get(domain.domain);
    if (!parts) return;
    const room = Math.floor((Number(parts.frame.getAttribute("width")) - 14) / 5.6);
    setAttribute(parts.group, "class", `box layer-${domain.layer} mood-${mood(domain)} placed-${domain.placement}${selected ? " selected" : ""}`);
    setAttribute(parts.group, "aria-label", describeDomain(domain));
    setText(parts.name, cut(domain.pid === undefined ? domain.name : `${domain.name} · ${domain.pid}`, Math.floor((room - 3) * 0.82)));
    setText(parts.activity, cut(activityText(domain), room));
    setText(parts.figures, cut(`${memoryText(domain.memory)}, ${domain.placement}`, room));
  }

  #updatePlates({ counts, machine, domains }: SystemSnapshot): void {
    const chars = Math.floor(((this.#picture?.width ?? 600) - 140) / 6);
    const lines = (layer: Layer, first: string, second = "") => this.#bandParts.get(layer)?.lines.forEach((line, index) => {
      // A compact plate has room for one line.
      setText(line, cut(index === 0 ? first : this.#picture?.compact ? "" : second, chars));
    });
    lines("kernel", `${counts.domains} domains · ${counts.threads} threads · ${counts.endpoints} endpoints · ${formatCount(counts.caps)} capabilities`,
      `${counts.dataspaces} dataspaces in ${formatCount(counts.frames)} frames · ${counts.notifications} notifications · ${counts.replies} replies due`);
    lines("machine", `${machine.workers} Workers, ${machine.idleWorkers} idle, on ${machine.processors} processors · ${machine.memories} memories`, `kernel memory ${formatBytes(machine.kernelBytes)} · page memory ${formatBytes(machine.pageBytes)}`);
    const has = (layer: Layer) => domains.some((domain) => domain.layer === layer);
    lines("process", has("process") ? "" : "no process runs");
    lines("personality", has("personality") ? "" : "inside their processes, as emulation libraries");
    lines("server", "");
  }

  #updateCurves(flows: readonly Flow[], curves: Map<string, CallPath>): void {
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
      setText(path.firstElementChild!, `${formatCount(flow.total)} calls ${labelsText(flow.labels, 5)}`.trim());
    }
    for (const [key, path] of this.#curveParts) if (!seen.has(key)) { path.remove(); this.#curveParts.delete(key); }
    const fastest = flows.filter((flow) => flow.rate >= LABELLED.least && curves.has(`${flow.from} ${flow.to}`)).sort((a, b) => b.rate - a.rate).slice(0, LABELLED.most);
    this.#rates.replaceChildren(...fastest.map((flow) => {
      const { x, y } = this.#openPoint(curves.get(`${flow.from} ${flow.to}`)!);
      return svg("text", { class: "call-rate", x, y: y + 4 }, `${formatCount(flow.rate)}/s`);
    }));
  }

  /** A point of the path, near its middle, where a text covers no box. */
  #openPoint(path: CallPath): Point {
    const covers = ({ x, y }: Point) => this.#picture!.boxes.some((box) => x + 18 > box.x && x - 18 < box.x + box.width && y + 6 > box.y && y - 6 < box.y + box.height);
    const points = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82].map((part) => pathPoint(path, part));
    return points.find((point) => !covers(point)) ?? points[0];
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

function pathOf({ cubics }: CallPath): string {
  const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(cubics[0].start)}${cubics.map(({ control1, control2, end }) => ` C${at(control1)} ${at(control2)} ${at(end)}`).join("")}`;
}

function setRectangle(target: SVGRectElement, { x, y, width, height }: Band): void {
  for (const [name, value] of Object.entries({ x, y, width, height })) setAttribute(target, name, value);
}

/** The mark of what was cut is as wide as two letters of most. */
function cut(text: string, length: number): string { return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 2))}…`; }
