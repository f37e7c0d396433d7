// Draws messages over time: a lane per domain, a call as an arrow from its caller's lane to the server's and a bar there until the
// answer. Wheel zooms at the pointer, dragging moves; the pane gives the keys.

import { labelName } from "../model/domain-words.ts";
import { formatDuration } from "../model/format.ts";
import type { Message } from "../model/timeline.ts";
import { pan, positionOf, ticks, timeAt, zoom, type TimeWindow } from "../model/timeline-view.ts";
import { themeColor } from "../services/theme-color.ts";
import { element } from "./element.ts";

const LANE = 26;
const HEAD = 20;
const LABEL = 104;

export class TimelineCanvas {
  readonly element = element("canvas", { class: "timeline-canvas", "aria-hidden": "true" });
  window: TimeWindow = { start: 0, span: 20_000 };
  /** The pointer chose this message, or none. */
  onpick: (message: Message | undefined) => void = () => {};
  /** The person moved the window. */
  onmove: () => void = () => {};
  #context = this.element.getContext("2d")!;
  #messages: readonly Message[] = [];
  #lanes: number[] = [];
  #names: (domain: number) => string = String;
  #picked: number | undefined;

  constructor() {
    this.element.addEventListener("wheel", (event) => {
      event.preventDefault();
      const fraction = Math.max(0, (event.offsetX - LABEL) / (this.element.clientWidth - LABEL));
      this.#move(event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY) ? pan(this.window, (event.deltaX || event.deltaY) / 800) : zoom(this.window, Math.exp(event.deltaY / 500), fraction));
    }, { passive: false });
    this.element.addEventListener("pointerdown", (event) => this.#drag(event));
  }

  zoom(factor: number): void { this.#move(zoom(this.window, factor)); }
  pan(fraction: number): void { this.#move(pan(this.window, fraction)); }

  show(messages: readonly Message[], names: (domain: number) => string, picked?: number): void {
    this.#messages = messages;
    this.#names = names;
    this.#picked = picked;
    this.#lanes = [...new Set(messages.flatMap(({ from, to }) => (to < 0 ? [from] : [from, to])))].sort((a, b) => a - b);
    this.draw();
  }

  draw(): void {
    const holder = this.element.parentElement;
    if (!holder || holder.clientWidth === 0) return;
    const [width, height, scale] = [holder.clientWidth, Math.max(80, HEAD + this.#lanes.length * LANE + 6), devicePixelRatio || 1];
    if (this.element.width !== width * scale || this.element.height !== height * scale) {
      this.element.width = width * scale;
      this.element.height = height * scale;
      this.element.style.height = `${height}px`;
    }
    const context = this.#context;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.#drawGrid(width, height);
    context.save();
    context.beginPath();
    context.rect(LABEL, HEAD, width - LABEL, height);
    context.clip();
    for (const message of this.#messages) this.#drawMessage(message, width);
    context.restore();
  }

  #drawGrid(width: number, height: number): void {
    const context = this.#context;
    const [line, muted, text] = [themeColor("line"), themeColor("muted"), themeColor("text")];
    const { step, times } = ticks(this.window, (width - LABEL) / 110);
    const origin = this.#messages[0]?.time ?? 0;
    for (const time of times) {
      const x = LABEL + positionOf(this.window, time, width - LABEL);
      context.fillStyle = line;
      context.fillRect(x, HEAD - 4, 1, height);
      context.fillStyle = muted;
      if (x > LABEL + 16) context.fillText(step >= 1000 ? `${((time - origin) / 1000).toFixed(step >= 10_000 ? 0 : 1)} ms` : `${(time - origin).toFixed(0)} µs`, x + 3, HEAD / 2);
    }
    this.#lanes.forEach((domain, index) => {
      const y = HEAD + index * LANE + LANE / 2;
      context.fillStyle = line;
      context.fillRect(LABEL, y, width, 1);
      context.fillStyle = text;
      context.fillText(this.#names(domain), 8, y, LABEL - 14);
    });
  }

  #drawMessage(message: Message, width: number): void {
    const context = this.#context;
    const room = width - LABEL;
    const x = LABEL + positionOf(this.window, message.time, room);
    const end = message.duration === undefined ? x : LABEL + positionOf(this.window, message.time + message.duration, room);
    if (end < LABEL - 20 || x > width + 20) return;
    const [from, to] = [this.#laneY(message.from), message.to < 0 ? undefined : this.#laneY(message.to)];
    const failed = (message.status ?? 0) < 0 || message.kind === "fault" || message.kind === "kill";
    const color = failed ? themeColor("danger") : message.kind === "call" || message.kind === "enter" ? themeColor("layer-server") : themeColor("layer-process");
    const picked = message.sequence === this.#picked;
    context.fillStyle = context.strokeStyle = color;
    if (to === undefined) {
      context.fillRect(x - 1, from - 6, 3, 12);
    } else {
      context.globalAlpha = picked ? 1 : 0.75;
      context.lineWidth = picked ? 2 : 1;
      context.beginPath();
      context.moveTo(x, from);
      context.lineTo(x, to);
      context.stroke();
      const tip = to > from ? -5 : 5;
      context.beginPath();
      context.moveTo(x, to);
      context.lineTo(x - 3.5, to + tip);
      context.lineTo(x + 3.5, to + tip);
      context.fill();
      context.fillRect(x, to - 4, Math.max(1.5, end - x), 8);
      context.globalAlpha = 1;
      if (end - x > 60) {
        context.fillStyle = themeColor("surface");
        context.fillText(labelName(message.label), x + 4, to + 0.5, end - x - 8);
      }
    }
    if (picked) {
      context.fillStyle = themeColor("text");
      context.fillText(`${message.label ? labelName(message.label) : message.kind}${message.duration === undefined ? "" : ` ${formatDuration(message.duration)}`}`, Math.min(x + 6, width - 150), Math.max(HEAD + 8, (to ?? from) - 10));
    }
  }

  #laneY(domain: number): number { return HEAD + this.#lanes.indexOf(domain) * LANE + LANE / 2; }

  #move(window: TimeWindow): void {
    this.window = window;
    this.onmove();
    this.draw();
  }

  #drag(down: PointerEvent): void {
    const start = this.window;
    let moved = false;
    this.element.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent) => {
      const shift = event.clientX - down.clientX;
      if (!moved && Math.abs(shift) < 4) return;
      moved = true;
      this.#move(pan(start, -shift / (this.element.clientWidth - LABEL)));
    };
    const up = (event: PointerEvent) => {
      this.element.removeEventListener("pointermove", move);
      if (!moved) this.onpick(this.#at(event.offsetX, event.offsetY));
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", up, { once: true });
  }

  /** The message nearest to a point, within six pixels in time and on one of its two lanes. */
  #at(x: number, y: number): Message | undefined {
    const room = this.element.clientWidth - LABEL;
    const lane = this.#lanes[Math.floor((y - HEAD) / LANE)];
    const time = timeAt(this.window, x - LABEL, room);
    const slack = (6 * this.window.span) / room;
    let best: Message | undefined;
    let least = Infinity;
    for (const message of this.#messages) {
      if (message.from !== lane && message.to !== lane) continue;
      const distance = time < message.time ? message.time - time : Math.max(0, time - message.time - (message.duration ?? 0));
      if (distance <= slack && distance < least) { best = message; least = distance; }
    }
    return best;
  }
}
