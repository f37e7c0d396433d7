// What a benchmark is: a descriptor that `npm run bench` and the page's bench pane both run. Each file of bench/ exports one.
//
//   setup     starts what is measured and what it is measured against; may take seconds
//   run       measures both sides in short interleaved rounds, so that a noisy machine is unkind to both
//   teardown  ends everything, also after a failed run
//
// A ratio is what counts; its direction and its bound are in docs/benchmarks.md. Absolute figures are for the eye.

import type { Bench } from "./context.ts";

export interface Metric { readonly median: number; readonly unit: string; readonly runs: number }

export interface Report {
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly ratios: Readonly<Record<string, number>>;
}

export interface Benchmark<State = unknown> {
  readonly name: string;
  /** One sentence for a person. */
  readonly describe: string;
  setup(bench: Bench): Promise<State>;
  run(state: State, bench: Bench): Promise<Report>;
  teardown(state: State): Promise<void>;
}

export function benchmark<State>(descriptor: Benchmark<State>): Benchmark<State> { return descriptor; }
