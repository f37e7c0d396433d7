// Starts the Worker in which one benchmark runs; to be ended after it.

export type { BenchService } from "./bench-worker.ts";

export function startBenchWorker(): Worker {
  return new Worker(new URL("./bench-worker.ts", import.meta.url), { type: "module", name: "benchmark" });
}
