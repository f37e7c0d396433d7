// A domain's Worker in a browser.

import type { Line, WorkerHost } from "../worker/host.ts";
import { portLine } from "../worker/line.ts";

type Main = (kernel: never, devices: never, startup: never) => Promise<void> | void;

export function webWorkerHost(images: Readonly<Record<string, () => Promise<{ main: unknown }>>>): WorkerHost {
  const scope = globalThis as unknown as { postMessage(message: unknown): void };
  return {
    post: (message) => scope.postMessage(message),
    line: (port): Line => portLine(port as MessagePort),
    async fetch(path, base, range) {
      const response = await fetch(new URL(path, base), range ? { headers: { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` } } : {});
      if (!response.ok) throw new Error(`${path}: the server answered ${response.status} ${response.statusText}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      // A host without range requests sends the whole file.
      return range && response.status === 200 ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
    },
    hold(lock, held) { void navigator.locks.request(lock, () => { held(); return new Promise(() => undefined); }); },
    async load(image) {
      const load = images[image];
      if (!load) throw new Error(`no TypeScript image named ${image}`);
      return (await load()).main as Main;
    },
  };
}
