// The benchmarks by name. Each is loaded when it is run.

import type { Benchmark } from "./benchmark.ts";

type Loader = () => Promise<{ default: unknown }>;

export const benchmarks: Readonly<Record<string, Loader>> = {
  ipc: () => import("./ipc.ts"),
  read: () => import("./read.ts"),
  reread: () => import("./reread.ts"),
  sync: () => import("./sync.ts"),
  stream: () => import("./stream.ts"),
  files: () => import("./files.ts"),
  cpu: () => import("./cpu.ts"),
  boot: () => import("./boot.ts"),
  spawn: () => import("./spawn.ts"),
  stub: () => import("./stub.ts"),
  poll: () => import("./poll.ts"),
  placement: () => import("./placement.ts"),
};

export async function loadBenchmark(name: string): Promise<Benchmark> {
  const load = benchmarks[name];
  if (!load) throw new Error(`there is no benchmark ${name}; there are ${Object.keys(benchmarks).join(", ")}`);
  return (await load()).default as Benchmark;
}
