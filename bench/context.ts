// What a benchmark gets of the place it runs in: a dedicated Worker of the page bench.html (web/boot/bench-worker.ts). Only that
// place starts Workers; a benchmark asks for them here.

import type { MachineHost } from "../kernel-wasm/machine/machine-host.ts";

/** `peer`: peer.ts. `plain`: plain-worker.ts. `empty`: says that it has started, and nothing else. */
export type WorkerKind = "peer" | "plain" | "empty";

export interface Bench {
  /** Address of the site's root, ending in a slash. */
  readonly base: string;
  worker(kind: WorkerKind, name: string): Worker;
  /** A machine below this one's benchmark: its image `init` is a puppet (kernel-wasm/testing). */
  puppetHost(): MachineHost;
  /** For a person who watches. */
  say(text: string): void;
}
