// The machine in a browser. A Worker takes a Web Lock at birth; that the lock is free again is the proof of its death.

import type { MachineHost, WorkerHandle } from "../machine-host.ts";
import { portLine } from "../worker/line.ts";

/** Milliseconds after which we stand in the queue for a Worker's lock if nobody has ended it: asking costs the browser something, and a boot has a dozen Workers. */
const WATCH_AFTER = 1000;

/** Times that a Worker is asked for whose script could not be loaded: browsers now and then fail to start one. */
const ATTEMPTS = 4;

/** `create` makes a domain's Worker (the page's build must see the URL); `base` is the site's; `address` is that of a module, by its path. */
export function webMachineHost(create: (name: string) => Worker, base: string, address = (path: string): URL => new URL(path, base)): MachineHost {
  return {
    createWorker(name, lock): WorkerHandle {
      let worker: Worker, attempts = 0, born = false, watching = false;
      /** Of a Worker that is not born: what its successor is to be told. */
      const told: unknown[] = [];
      let finish = (): void => undefined;
      const dead = new Promise<void>((resolve) => { finish = resolve; });
      const watch = (): void => {
        if (watching) return;
        watching = true;
        void navigator.locks.request(lock, () => finish());
      };
      const handle: WorkerHandle = {
        post(message, transfer = []) {
          if (!born) told.push(message);
          worker.postMessage(message, transfer as Transferable[]);
        },
        onmessage: () => undefined,
        terminate() {
          attempts = ATTEMPTS;
          worker.terminate();
          if (born) watch();
        },
        dead,
      };
      const begin = (): void => {
        attempts++;
        worker = create(name);
        worker.onmessage = (event) => {
          // By its first message the Worker holds its lock: ours is granted when it is gone.
          if (!born) {
            born = true;
            told.length = 0;
            setTimeout(watch, WATCH_AFTER);
          }
          handle.onmessage(event.data);
        };
        worker.onerror = (event) => {
          // An error of a script that runs has a message.
          if (event.message || born || attempts >= ATTEMPTS) { console.error(`${name}: ${event.message || "its script could not be loaded"}`); return; }
          begin();
          for (const message of told) worker.postMessage(message);
        };
      };
      begin();
      return handle;
    },
    compile: (path) => WebAssembly.compileStreaming(fetch(address(path))),
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
