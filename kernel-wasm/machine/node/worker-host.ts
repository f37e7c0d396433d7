// A domain's Worker under Node: for tests without a browser.

import { readFile, open } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { FetchRefused } from "../../../lib/ts/devices.ts";
import type { Line, LoadedImage, WorkerHost } from "../worker/host.ts";
import { portLine } from "../worker/line.ts";
import { folderStorage } from "./storage.ts";

/** `disks`: the folder of what is kept; absent: nothing is. */
export function nodeWorkerHost(images: Readonly<Record<string, () => Promise<{ main: unknown }>>>, disks?: string): WorkerHost {
  return {
    post: (message) => parentPort!.postMessage(message),
    line: (port): Line => portLine(port as MessagePort),
    async fetch(path, base, range) {
      if (!range) return new Uint8Array(await readFile(`${base}/${path}`));
      const file = await open(`${base}/${path}`);
      try {
        const bytes = new Uint8Array(range.length), { bytesRead } = await file.read(bytes, 0, range.length, range.offset);
        return bytes.subarray(0, bytesRead);
      } finally { await file.close(); }
    },
    async fetchPart(path, base, range) {
      const file = await open(`${base}/${path}`).catch((error: NodeJS.ErrnoException) => { throw error.code === "ENOENT" ? new FetchRefused(`${path}: not found`, 404) : error; });
      try {
        const { size, mtimeMs } = await file.stat(), bytes = new Uint8Array(range.length), { bytesRead } = await file.read(bytes, 0, range.length, range.offset);
        return { bytes: bytes.subarray(0, bytesRead), whole: false, size, version: `${size}-${mtimeMs}` };
      } finally { await file.close(); }
    },
    storage: async () => disks === undefined ? undefined : folderStorage(disks),
    // Node tells of a thread's end by an event: no lock is needed.
    hold: (_lock, held) => held(),
    async load(image) {
      const load = images[image];
      if (!load) throw new Error(`no TypeScript image named ${image}`);
      return await load() as LoadedImage;
    },
  };
}
