// A figure over time as a line chart (uPlot), in the colours of the theme, as wide as its holder. Loaded with the panes that draw charts only.
//
//   const chart = new Chart(context.theme, { title: "Dirty pages", color: "accent", unit: "pages" });
//   holder.append(chart.element);
//   chart.draw(times, values);            // seconds, and numbers or null for a gap
//
// What it shows is also said in words (its label), as a canvas says nothing to a screen reader.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { themeColor } from "../services/theme-color.ts";
import type { ThemeService } from "../services/theme.ts";
import { element, setAttribute, setText } from "./element.ts";

export interface ChartOptions {
  readonly title: string;
  /** A colour of style/tokens.css. */
  readonly color: string;
  /** The figure in words. */
  format(value: number): string;
  /** Upper end of the scale for the largest value. */
  top(most: number): number;
  /** Seconds that are shown. */
  readonly span: number;
  readonly height?: number;
}

/** Parts of the time axis. */
const X_MARKS = 4;
const FONT = "11px system-ui, sans-serif";

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #holder = element("div", { class: "chart-canvas", role: "img" });
  readonly #now = element("span", { class: "chart-now" });
  readonly #watcher: ResizeObserver;
  readonly #stop: () => void;
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[], []];

  constructor(theme: ThemeService, options: ChartOptions) {
    this.#options = options;
    this.element = element("figure", { class: "chart" }, element("figcaption", {}, element("span", {}, options.title), this.#now), this.#holder);
    this.#watcher = new ResizeObserver(() => this.#fit());
    this.#watcher.observe(this.#holder);
    // Colours are drawn in: another theme is another plot.
    this.#stop = theme.shown.subscribe(() => { this.#plot?.destroy(); this.#plot = undefined; queueMicrotask(() => this.#fit()); });
  }

  draw(times: readonly number[], values: readonly (number | null)[]): void {
    this.#data = [[...times], [...values]];
    const last = values.findLast((value) => value !== null);
    const now = last === undefined || last === null ? "–" : this.#options.format(last);
    setText(this.#now, now);
    setAttribute(this.#holder, "aria-label", `${this.#options.title} over the last ${Math.round(this.#options.span)} seconds; now ${now === "–" ? "nothing" : now}`);
    this.#plot?.setData(this.#data);
  }

  dispose(): void {
    this.#stop();
    this.#watcher.disconnect();
    this.#plot?.destroy();
  }

  #fit(): void {
    const width = Math.floor(this.#holder.clientWidth), height = this.#options.height ?? 110;
    if (width < 40) return;
    if (this.#plot) { if (this.#plot.width !== width) this.#plot.setSize({ width, height }); return; }
    const { span, top, format, color } = this.#options, line = themeColor(color), muted = themeColor("muted"), grid = { stroke: themeColor("line"), width: 1 };
    this.#plot = new uPlot({
      width, height, padding: [10, 18, 0, 0], legend: { show: false }, cursor: { show: false },
      scales: {
        x: { time: false, range: (_plot, _least, most) => { const end = Number.isFinite(most) ? most : span; return [end - span, end]; } },
        y: { range: (_plot, _least, most) => [0, top(Number.isFinite(most) ? most : 0)] },
      },
      axes: [
        { stroke: muted, font: FONT, grid: { show: false }, ticks: { show: false }, size: 22, splits: (_plot, _axis, least, most) => Array.from({ length: X_MARKS + 1 }, (_, index) => most - ((most - least) * (X_MARKS - index)) / X_MARKS), values: (plot, ticks) => ticks.map((tick) => { const ago = Math.round((plot.scales["x"]?.max ?? 0) - tick); return ago <= 0 ? "now" : `${ago} s`; }) },
        { stroke: muted, font: FONT, grid, ticks: { show: false }, size: 66, space: 28, values: (_plot, ticks) => ticks.map(format) },
      ],
      series: [{}, { stroke: line, width: 1.75, fill: `color-mix(in srgb, ${line} 16%, transparent)`, points: { show: false }, spanGaps: false }],
    }, this.#data, this.#holder);
  }
}
