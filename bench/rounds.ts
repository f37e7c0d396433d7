// Interleaved measurement. Each round takes one figure from every side, in an order that alternates; the first rounds only warm
// up (engines compile hot code late).

import type { Metric } from "./benchmark.ts";

/** One figure of one side, in the unit of its metric. */
export type Sample = () => Promise<number>;

export class Rounds {
  readonly #samples = new Map<string, number[]>();

  /** Takes `rounds` figures of each side after `warm` that are dropped. */
  async take(sides: Readonly<Record<string, Sample>>, rounds: number, warm: number): Promise<void> {
    const names = Object.keys(sides);
    for (let round = -warm; round < rounds; round++) {
      for (const name of round & 1 ? [...names].reverse() : names) {
        const figure = await sides[name]!();
        if (round < 0) continue;
        this.add(name, figure);
      }
    }
  }

  /** One more figure of a side that is not taken by `take`. */
  add(name: string, figure: number): void {
    const list = this.#samples.get(name);
    if (list) list.push(figure); else this.#samples.set(name, [figure]);
  }

  of(name: string): readonly number[] { return this.#samples.get(name) ?? []; }

  metric(name: string, unit: string): Metric {
    const samples = this.of(name);
    return { median: round(median(samples)), unit, runs: samples.length };
  }

  /** Median over the rounds of one side divided by another (or what `over` makes of the round). */
  ratio(name: string, over: string | ((round: number) => number)): number {
    const divisor = typeof over === "string" ? (round: number) => this.of(over)[round]! : over;
    return round(median(this.of(name).map((figure, index) => figure / divisor(index))));
  }
}

export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error("no samples");
  const sorted = [...samples].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length & 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Four significant digits: a benchmark is not better than that. */
export function round(value: number): number { return Number(value.toPrecision(4)); }
