// A domain's Worker in a browser.

import type { Line, LoadedImage, WorkerHost } from "../worker/host.ts";
import { fetchPart } from "./fetch-part.ts";
import { portLine } from "../worker/line.ts";

/** `images`: the TypeScript images, by their names; `address` is that of a file of the site, by its path. */
export function webWorkerHost(images: Readonly<Record<string, () => Promise<{ main: unknown }>>>, address = (path: string, base: string): URL => new URL(path, base)): WorkerHost {
  /** Servers are given paths by manifests and people: none of them leads out of the site. */
  const ofSite = (path: string, base: string): URL => {
    const found = address(path, base);
    if (!found.href.startsWith(new URL(".", base).href)) throw new Error(`${path} is no path of this site`);
    return found;
  };
  const scope = globalThis as unknown as { postMessage(message: unknown): void };
  return {
    post: (message) => scope.postMessage(message),
    line: (port): Line => portLine(port as MessagePort),
    async fetch(path, base, range) {
      const response = await fetch(ofSite(path, base), range ? { headers: { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` } } : {});
      if (!response.ok) throw new Error(`${path}: the server answered ${response.status} ${response.statusText}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      // A host without range requests sends the whole file.
      return range && response.status === 200 ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
    },
    fetchPart: (path, base, range, limit) => fetchPart(ofSite(path, base), path, range, limit),
    storage: async (base) => (await import("./storage.ts")).openStorage(base, () => scope.postMessage({ kind: "keep" })),
    hold(lock, held) { void navigator.locks.request(lock, () => { held(); return new Promise(() => undefined); }); },
    async load(image) {
      const load = images[image];
      if (!load) throw new Error(`no TypeScript image named ${image}`);
      return await load() as LoadedImage;
    },
  };
}
