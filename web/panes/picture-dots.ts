// Calls as dots that run along their paths, on a canvas over the picture. Draws only while dots are on their way, and none at all
// for a person who asked for reduced motion: the paths' warmth then tells the same.

import { dotsFor, type Flow } from "../model/call-flow.ts";
import type { Layer } from "../model/machine-api.ts";
import { pathPoint, type CallPath } from "../model/picture-paths.ts";
import { INTERVAL } from "../services/monitor.ts";
import { themeColor } from "../services/theme-color.ts";
import { element } from "./element.ts";

interface Dot { path: CallPath; start: number; color: string }

/** Milliseconds from one box to the other. */
const TRAVEL = 650;
const MOST_DOTS = 240;

export class PictureDots {
  #canvas = element("canvas", { class: "picture-dots", "aria-hidden": "true" });
  #context = this.#canvas.getContext("2d")!;
  #stage: HTMLElement;
  #dots: Dot[] = [];
  #frame = 0;
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #colors = new Map<Layer, string>();

  constructor(stage: HTMLElement) {
    this.#stage = stage;
    stage.append(this.#canvas);
    this.resized();
  }

  flow(flows: readonly Flow[], paths: Map<string, CallPath>, layers: Map<number, Layer>): void {
    if (this.#still.matches) return;
    const now = performance.now();
    for (const { from, to, fresh } of flows) {
      const path = paths.get(`${from} ${to}`);
      const count = path ? dotsFor(fresh) : 0;
      for (let index = 0; index < count && this.#dots.length < MOST_DOTS; index++) {
        this.#dots.push({ path: path!, start: now + (INTERVAL * (index + Math.random() * 0.6)) / count, color: this.#color(layers.get(from) ?? "process") });
      }
    }
    if (this.#frame === 0 && this.#dots.length > 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  resized(): void {
    const scale = devicePixelRatio || 1;
    this.#canvas.width = this.#stage.clientWidth * scale;
    this.#canvas.height = this.#stage.clientHeight * scale;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
  }

  recolor(): void { this.#colors.clear(); }

  clear(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#dots = [];
    this.#context.clearRect(0, 0, this.#stage.clientWidth, this.#stage.clientHeight);
  }

  #draw(): void {
    const now = performance.now();
    const context = this.#context;
    context.clearRect(0, 0, this.#stage.clientWidth, this.#stage.clientHeight);
    this.#dots = this.#dots.filter(({ start }) => now - start < TRAVEL);
    const scroll = this.#stage.querySelector(".picture-scroll");
    const [left, top] = [scroll?.scrollLeft ?? 0, scroll?.scrollTop ?? 0];
    for (const { path, start, color } of this.#dots) {
      const part = (now - start) / TRAVEL;
      if (part < 0) continue;
      const eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
      const { x, y } = pathPoint(path, eased);
      context.globalAlpha = Math.min(1, 6 * part, 6 * (1 - part));
      context.fillStyle = color;
      context.beginPath();
      context.arc(x - left, y - top, 3.2, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    this.#frame = this.#dots.length > 0 ? requestAnimationFrame(() => this.#draw()) : 0;
  }

  #color(layer: Layer): string {
    let color = this.#colors.get(layer);
    if (!color) this.#colors.set(layer, color = themeColor(`layer-${layer}`));
    return color;
  }
}
