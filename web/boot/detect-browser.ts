// Tries what the browser can do. Only tests for features, never for names of browsers.

import type { Capabilities } from "../model/browser-needs.ts";

export function detectBrowser(): Capabilities {
  return {
    webAssembly: typeof WebAssembly === "object" && typeof WebAssembly.instantiate === "function",
    isolation: globalThis.crossOriginIsolated === true,
    sharedMemory: typeof SharedArrayBuffer === "function",
    threads: hasSharedWasmMemory(),
    waitAsync: typeof Atomics === "object" && "waitAsync" in Atomics,
    moduleWorkers: hasModuleWorkers(),
    bigInt: typeof BigInt === "function" && typeof BigInt64Array === "function",
  };
}

function hasSharedWasmMemory(): boolean {
  try {
    // A module that imports a shared memory and waits on it: (import "e" "m" (memory 1 1 shared)) (func (drop (memory.atomic.notify …)))
    return WebAssembly.validate(Uint8Array.of(
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 9, 1, 1, 0x65, 1, 0x6d, 2, 3, 1, 1, 3, 2, 1, 0,
      10, 13, 1, 11, 0, 0x41, 0, 0x41, 0, 0xfe, 0, 2, 0, 0x1a, 11,
    ));
  } catch {
    return false;
  }
}

function hasModuleWorkers(): boolean {
  if (typeof Worker !== "function") return false;
  let asked = false;
  try {
    // A browser without module Workers never reads `type`. One that does gets no answer, so that no Worker comes of it.
    new Worker("data:,", { get type(): WorkerType { asked = true; throw new Error("only asked"); } }).terminate();
  } catch {
    // What counts is whether it looked.
  }
  return asked;
}
