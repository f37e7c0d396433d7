// Starts the Workers of the benchmark pages: the one in which a benchmark runs, to be ended after it; and empty ones.

export type { BenchService } from "./bench-worker.ts";

export function startBenchWorker(): Worker {
  return new Worker(new URL("./bench-worker.ts", import.meta.url), { type: "module", name: "benchmark" });
}

export function startEmptyWorker(): Worker {
  return new Worker(new URL("../../bench/empty-worker.ts", import.meta.url), { type: "module", name: "empty" });
}
