// Starts the Workers of the benchmark pages: the one in which a benchmark runs, to be ended after it; and idle ones.

export type { BenchService } from "./bench-worker.ts";

export function startBenchWorker(): Worker {
  return new Worker(new URL("./bench-worker.ts", import.meta.url), { type: "module", name: "benchmark" });
}

/** Says something when it has started. */
export function startIdleDomainWorker(): Worker {
  return new Worker(new URL("./idle-domain-worker.ts", import.meta.url), { type: "module", name: "idle" });
}
