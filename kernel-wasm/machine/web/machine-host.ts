// The machine in a browser. A Worker takes a Web Lock at birth; that the lock is free again is the proof of its death.

import type { MachineHost, WorkerHandle } from "../machine-host.ts";
import { portLine } from "../worker/line.ts";

/** Milliseconds after which we stand in the queue for a Worker's lock if nobody has ended it: asking costs the browser something, and a boot has a dozen Workers. */
const WATCH_AFTER = 1000;

/** `create` makes a domain's Worker (the page's build must see the URL); `base` is the site's. */
export function webMachineHost(create: (name: string) => Worker, base: string): MachineHost {
  return {
    createWorker(name, lock): WorkerHandle {
      const worker = create(name);
      let finish = (): void => undefined;
      const dead = new Promise<void>((resolve) => { finish = resolve; });
      const handle: WorkerHandle = {
        post: (message, transfer = []) => worker.postMessage(message, transfer as Transferable[]),
        onmessage: () => undefined,
        terminate() {
          worker.terminate();
          if (born) watch();
        },
        dead,
      };
      let born = false, watching = false;
      const watch = (): void => {
        if (watching) return;
        watching = true;
        void navigator.locks.request(lock, () => finish());
      };
      worker.onmessage = (event) => {
        // By its first message the Worker holds its lock: ours is granted when it is gone.
        if (!born) { born = true; setTimeout(watch, WATCH_AFTER); }
        handle.onmessage(event.data);
      };
      worker.onerror = (event) => { console.error(`${name}: ${event.message}`); };
      return handle;
    },
    compile: (path) => WebAssembly.compileStreaming(fetch(new URL(path, base))),
    async bytes(path) {
      const response = await fetch(new URL(path, base));
      if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    base,
    channel() {
      const { port1, port2 } = new MessageChannel();
      return { line: portLine(port1), port: port2 };
    },
    processors: navigator.hardwareConcurrency,
  };
}
