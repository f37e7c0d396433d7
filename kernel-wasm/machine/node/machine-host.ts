// The machine under Node: Workers are worker_threads, the site is a folder. For tests without a browser.

import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { MachineHost, WorkerHandle } from "../machine-host.ts";
import { portLine } from "../worker/line.ts";
import { way } from "./late.ts";

/** Of V8, while `compiling` modules are: all functions at once, by the optimizing compiler. */
const whileCompiling = ["--no-liftoff", "--no-wasm-lazy-compilation"];
const otherwise = ["--liftoff", "--wasm-lazy-compilation"];
let compiling = 0;

/**
 * Compile what shares memory between threads without V8's baseline compiler. Node 20's (V8 11.3) miscompiles `cmpxchg` on x64 when the
 * address happens to be in rax: it then works on the address of the expected value, and a lock is taken at address 0. Browsers have a newer
 * V8. Programs do not come through here, so large ones still start quickly.
 */
export async function compileOptimized(code: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  if (compiling++ === 0) for (const flag of whileCompiling) setFlagsFromString(flag);
  try {
    return await WebAssembly.compile(code);
  } finally {
    if (--compiling === 0) for (const flag of otherwise) setFlagsFromString(flag);
  }
}

/** `entry`: the file of a domain's Worker; `site`: the folder with wasm/ and images/. */
export function nodeMachineHost(entry: string, site: string): MachineHost {
  return {
    createWorker(name): WorkerHandle {
      const worker = new Worker(entry, { name, execArgv: [...process.execArgv.filter((argument) => !argument.startsWith("--inspect"))] });
      const to = way(), from = way(), ended = way();
      worker.unref();
      let finish = (): void => undefined;
      const handle: WorkerHandle = {
        post: (message, transfer = []) => { to(() => { worker.postMessage(message, transfer as never); }); },
        onmessage: () => undefined,
        terminate: () => { void worker.terminate(); },
        dead: new Promise((resolve) => { finish = resolve; }),
      };
      worker.on("message", (message) => { from(() => handle.onmessage(message)); });
      worker.on("error", (error) => { console.error(`${name}:`, error); });
      worker.on("exit", () => { ended(finish); });
      return handle;
    },
    bytes: async (path) => new Uint8Array(await readFile(`${site}/${path}`)),
    compile: async (path) => compileOptimized(new Uint8Array(await readFile(`${site}/${path}`))),
    base: site,
    channel() {
      const { port1, port2 } = new MessageChannel();
      return { line: portLine(port1 as unknown as MessagePort), port: port2 };
    },
    processors: 2,
  };
}
