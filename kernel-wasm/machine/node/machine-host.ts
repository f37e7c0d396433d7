// The machine under Node: Workers are worker_threads, the site is a folder. For tests without a browser.

import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { MachineHost, WorkerHandle } from "../machine-host.ts";
import { portLine } from "../worker/line.ts";

/** `entry`: the file of a domain's Worker; `site`: the folder with wasm/ and images/. */
export function nodeMachineHost(entry: string, site: string): MachineHost {
  return {
    createWorker(name): WorkerHandle {
      const worker = new Worker(entry, { name, execArgv: [...process.execArgv.filter((argument) => !argument.startsWith("--inspect"))] });
      worker.unref();
      let finish = (): void => undefined;
      const handle: WorkerHandle = {
        post: (message, transfer = []) => worker.postMessage(message, transfer as never),
        onmessage: () => undefined,
        terminate: () => { void worker.terminate(); },
        dead: new Promise((resolve) => { finish = resolve; }),
      };
      worker.on("message", (message) => handle.onmessage(message));
      worker.on("error", (error) => { console.error(`${name}:`, error); });
      worker.on("exit", () => finish());
      return handle;
    },
    bytes: async (path) => new Uint8Array(await readFile(`${site}/${path}`)),
    compile: async (path) => WebAssembly.compile(new Uint8Array(await readFile(`${site}/${path}`))),
    base: site,
    channel() {
      const { port1, port2 } = new MessageChannel();
      return { line: portLine(port1 as unknown as MessagePort), port: port2 };
    },
    processors: 2,
  };
}
