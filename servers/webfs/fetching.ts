// Fetches from the site, each path once at a time: who asks while a fetch is under way shares it. Results come back in the server's loop
// (Events). A failure is told to all who wait, and the next to ask tries again.

import type { Devices } from "../../lib/ts/devices.ts";
import type { Events } from "../../lib/ts/events.ts";
import type { Log } from "../../lib/ts/log.ts";

export type Fetched = Uint8Array | { readonly fault: string };

/** Bytes from which a fetch is worth a line in the log. */
const BIG = 1_000_000;

export class Fetching {
  private readonly underWay = new Map<string, ((fetched: Fetched) => void)[]>();
  constructor(private readonly fetch: Devices["fetch"], private readonly events: Events, private readonly log: Log) {}

  /** `size`: bytes expected, 0 if not known; anything else that comes is a failure. `done` runs in the server's loop. */
  get(path: string, size: number, done: (fetched: Fetched) => void): void {
    const waiting = this.underWay.get(path);
    if (waiting) { waiting.push(done); return; }
    this.underWay.set(path, [done]);
    if (size >= BIG) this.log.note(`fetching ${path}, ${megabytes(size)}`);
    const begun = performance.now();
    this.start(path).then(
      (bytes) => size > 0 && bytes.length !== size ? { fault: `${bytes.length} bytes came instead of ${size}` } : bytes,
      (error: unknown) => ({ fault: error instanceof Error ? error.message : String(error) }),
    ).then((fetched) => this.events.post(() => {
      if ("fault" in fetched) this.log.warn(`cannot fetch ${path}: ${fetched.fault}`);
      else if (fetched.length >= BIG) this.log.note(`fetched ${path}, ${megabytes(fetched.length)} in ${Math.round(performance.now() - begun)} ms`);
      const all = this.underWay.get(path) ?? [];
      this.underWay.delete(path);
      for (const each of all) each(fetched);
    }));
  }

  private async start(path: string): Promise<Uint8Array> { return this.fetch(path); }
}

function megabytes(bytes: number): string { return `${(bytes / 1e6).toFixed(1)} MB`; }
