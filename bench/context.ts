// What a benchmark gets of the place it runs in: a dedicated Worker of the page bench.html (web/boot/bench-worker.ts). Only that
// place starts Workers and opens pages; a benchmark asks for them here.

import type { MachineHost } from "../kernel-wasm/machine/machine-host.ts";

/** The script of the same name, bench/KIND-worker.ts. */
export type WorkerKind = "peer" | "plain" | "linked" | "shim" | "empty" | "opfs";

/** The whole system, booted as the page boots it, with a shell on its first terminal. */
export interface ShellSystem {
  /** Write a file, executable for everyone. */
  program(path: string, data: Uint8Array): Promise<void>;
  text(path: string, text: string): Promise<void>;
  /** Type a command line; what it wrote, when the shell is ready again. Rejects if its status is not 0. */
  run(command: string): Promise<string>;
  /** Workers that there are, with the machine's own. */
  workers(): Promise<number>;
  stop(): void;
}

export interface Visit {
  /** Milliseconds from navigation to the mark that the page sets when it is done. */
  readonly time: number;
}

export interface Bench {
  /** Address of the site's root, ending in a slash. */
  readonly base: string;
  worker(kind: WorkerKind, name: string): Worker;
  /** A machine below this one's benchmark: its image `init` is a puppet (kernel-wasm/testing). */
  puppetHost(): MachineHost;
  /** `storage`: with the browser's storage, for disks that are kept there. */
  shellSystem(options?: { storage?: boolean }): Promise<ShellSystem>;
  /** Open a page of the site in a frame, wait for its performance mark `prompt`, and close it. */
  visit(path: string): Promise<Visit>;
  /** For a person who watches. */
  say(text: string): void;
}

/** Send a Worker a message and wait for its next one. */
export function ask<Answer>(worker: Worker, message: unknown, transfer: Transferable[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message, transfer);
  });
}
