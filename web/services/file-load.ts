// Writes a file again and again through the courier, so that the file servers have something to do and one sees how fast they do it.

import type { MachineApi } from "../model/machine-api.ts";

/** 512 KiB: eight calls of `file.write` each, and those to open the file. */
const CONTENTS = new Uint8Array(512 * 1024).fill(0x2e);
const PATH = "/tmp/.throughput";

export class FileLoad {
  readonly #machine: MachineApi;
  #running = 0;
  #bytes = 0;
  #since = 0;

  constructor(machine: MachineApi) { this.#machine = machine; }

  get running(): boolean { return this.#running !== 0; }

  /** Until `stop`, or until it cannot be done: then `failed` is told why. */
  async run(failed: (text: string) => void): Promise<void> {
    const mine = this.#running = performance.now();
    this.#bytes = 0;
    this.#since = mine;
    try {
      while (this.#running === mine) {
        await this.#machine.writeFile(PATH, CONTENTS);
        this.#bytes += CONTENTS.length;
      }
    } catch (error) {
      if (this.#running === mine) failed(error instanceof Error ? error.message : String(error));
    }
  }

  stop(): void { this.#running = 0; }

  /** Bytes a second since the last time; null while it does not run. */
  take(): number | null {
    if (!this.running) return null;
    const now = performance.now(), rate = (this.#bytes * 1000) / Math.max(1, now - this.#since);
    this.#bytes = 0;
    this.#since = now;
    return rate;
  }
}
