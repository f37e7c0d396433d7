// How much of an AssemblyScript server's memory is in use, read off its allocator's state (lib/assembly/memory/page-runs.ts) from
// outside: for figures only, as the server goes on meanwhile.

import { ALLOCATOR_STATE } from "../assembly/memory/addresses.ts";

const PAGE = 4096;

/** Bytes, 0 before the server's allocator is set up. */
export function serverHeapUse(memory: WebAssembly.Memory): number {
  const view = new DataView(memory.buffer), start = view.getUint32(ALLOCATOR_STATE, true);
  const count = view.getUint32(ALLOCATOR_STATE + 4, true), free = view.getUint32(ALLOCATOR_STATE + 8, true);
  return start === 0 ? 0 : Math.max(0, count - free) * PAGE + start;
}
