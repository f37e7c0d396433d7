// The watch: an inline server that keeps a thread past the deadline counts as hung, and its next poll point traps. Frames that nobody reads any
// more are freed at the same time. Runs by a timer until the machine stops.

import * as L from "../../abi/layout/kernel-memory.ts";
import { FAULT_HANG, MAX_THREADS } from "../../abi/layout/limits.ts";
import type { Inspector } from "./inspect.ts";
import type { KernelExports } from "./worker/kernel-instance.ts";

/** Milliseconds that a thread may spend inside one inline entry before the server counts as hung. */
export const INLINE_DEADLINE = 4000;
const PERIOD = 500;

/** `also` is done each time; it ends once `stopped`. */
export function watchInline(inspector: Inspector, kernel: KernelExports, stopped: () => boolean, also: () => void): void {
  const seen = new Map<number, { key: string; since: number }>();
  const look = (): void => {
    if (stopped()) return;
    kernel.tidy();
    also();
    const now = performance.now();
    for (let thread = 1; thread < MAX_THREADS; thread++) {
      const at = L.THREADS + thread * L.THREAD_SIZE, depth = inspector.u32(at + L.T_DEPTH);
      if (depth === 0 || depth > L.MAX_DEPTH || inspector.u32(at + L.T_STATE) !== L.THREAD_RUNNING) { seen.delete(thread); continue; }
      const server = inspector.u32(at + L.T_INSIDE + (depth - 1) * 4);
      const key = `${depth}:${server}:${inspector.u64(server + L.D_SERVED)}:${inspector.u64(at + L.T_CALLS)}`, known = seen.get(thread);
      if (known?.key !== key) { seen.set(thread, { key, since: now }); continue; }
      const holds = (inspector.u32(server + L.D_LOCK) & 0xffff) === thread + 1;
      if (holds && now - known.since > INLINE_DEADLINE) failAsHung(inspector, kernel, (server - L.DOMAINS) / L.DOMAIN_SIZE, `kept a caller longer than ${INLINE_DEADLINE} ms`);
    }
    setTimeout(look, PERIOD);
  };
  look();
}

/** End a server that runs, as hung. */
export function failAsHung(inspector: Inspector, kernel: KernelExports, server: number, text: string): void {
  if (inspector.domainState(server) !== "running") return;
  inspector.setText(server, text);
  kernel.fail(server, FAULT_HANG, 137);
}
