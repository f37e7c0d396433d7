// The machine in a browser. A Worker takes a Web Lock at birth; that the lock is free again is the proof of its death.

import type { MachineHost, WorkerHandle } from "../machine-host.ts";
import { portLine } from "../worker/line.ts";

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
        terminate: () => worker.terminate(),
        dead,
      };
      let watching = false;
      worker.onmessage = (event) => {
        // By its first message the Worker holds its lock: ours is granted when it is gone.
        if (!watching) { watching = true; void navigator.locks.request(lock, () => finish()); }
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
