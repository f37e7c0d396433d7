// The place where a benchmark runs: a Worker that hosts machines and starts the Workers that they are measured against.

import { expose } from "comlink";
import { loadBenchmark } from "../../bench/all.ts";
import type { Report } from "../../bench/benchmark.ts";
import type { Bench, WorkerKind } from "../../bench/context.ts";
import { webMachineHost } from "../../kernel-wasm/machine/web/machine-host.ts";

const base = new URL(import.meta.env.DEV ? "/" : "../", self.location.href).href;

const starters: Readonly<Record<WorkerKind, (name: string) => Worker>> = {
  peer: (name) => new Worker(new URL("../../bench/peer-worker.ts", import.meta.url), { type: "module", name }),
  plain: (name) => new Worker(new URL("../../bench/plain-worker.ts", import.meta.url), { type: "module", name }),
  linked: (name) => new Worker(new URL("../../bench/linked-worker.ts", import.meta.url), { type: "module", name }),
  shim: (name) => new Worker(new URL("../../bench/shim-worker.ts", import.meta.url), { type: "module", name }),
  opfs: (name) => new Worker(new URL("../../bench/opfs-worker.ts", import.meta.url), { type: "module", name }),
  empty: (name) => new Worker(new URL("../../bench/empty-worker.ts", import.meta.url), { type: "module", name }),
};

const service = {
  async run(name: string, say: (text: string) => void, visit: (path: string) => Promise<number>): Promise<Report> {
    const benchmark = await loadBenchmark(name);
    const bench: Bench = {
      base,
      worker: (kind, workerName) => starters[kind](workerName),
      puppetHost: () => webMachineHost((workerName) => new Worker(new URL("./bench-domain-worker.ts", import.meta.url), { type: "module", name: workerName }), base),
      async shellSystem(options = {}) {
        const { runningSystem } = await import("../bench/running-system.ts");
        return runningSystem(webMachineHost((workerName) => new Worker(new URL("./domain-worker.ts", import.meta.url), { type: "module", name: workerName }), base), say, options.storage);
      },
      visit: async (path) => ({ time: await visit(path) }),
      say,
    };
    say("setting up");
    const state = await benchmark.setup(bench);
    try { return await benchmark.run(state, bench); } finally { await benchmark.teardown(state); }
  },
};

export type BenchService = typeof service;
expose(service);
