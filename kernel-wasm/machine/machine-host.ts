// What differs between the browser and Node for the machine itself.

import type { Line } from "./worker/host.ts";

/** A Worker as its creator sees it. */
export interface WorkerHandle {
  post(message: unknown, transfer?: unknown[]): void;
  onmessage: (message: unknown) => void;
  /** Ask the platform to end it; it may run on for seconds. */
  terminate(): void;
  /** Resolves when the platform has proof that nothing of it runs any more. */
  readonly dead: Promise<void>;
}

export interface MachineHost {
  /** `name` shows in the browser's tools; `lock` is what the Worker holds from birth. */
  createWorker(name: string, lock: string): WorkerHandle;
  /** Compile a module of the site, by a path relative to its base. */
  compile(path: string): Promise<WebAssembly.Module>;
  bytes(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Base that the Workers resolve site paths against. */
  readonly base: string;
  /** The two ends of a line: ours, and one to send to a Worker. */
  channel(): { line: Line; port: unknown };
  readonly processors: number;
}
