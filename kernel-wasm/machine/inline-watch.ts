// The watch: an inline server that keeps a thread past the deadline counts as hung, and its next poll point traps: one that is inside, or one that waits for the
// lock while the server's own Worker has it. Frames that nobody reads any more are freed at the same time. Runs by a timer until the machine stops.

import * as L from "../../abi/layout/kernel-memory.ts";
import { FAULT_HANG, MAX_DOMAINS, MAX_THREADS } from "../../abi/layout/limits.ts";
import type { Inspector } from "./inspect.ts";
import type { KernelExports } from "./worker/kernel-instance.ts";

/** Milliseconds that a thread may spend inside one inline entry before the server counts as hung. */
export const INLINE_DEADLINE = 4000;
const PERIOD = 500;
/** Of a lock's word: the mark of who holds it, and whether somebody waits (sched/lock.ts). */
const HOLDER = 0xffff, WAITERS = 0x10000;

/** How many times in a row something was found as it is. Looks are counted, not time: a computer that sleeps, or a page that is not let run, looks at nothing. */
class Unchanged {
  readonly #seen = new Map<number, { key: string; looks: number }>();

  look(at: number, key: string): number {
    const known = this.#seen.get(at);
    if (known?.key === key) return ++known.looks;
    this.#seen.set(at, { key, looks: 0 });
    return 0;
  }

  forget(at: number): void { this.#seen.delete(at); }
}

/** `also` is done each time; it ends once `stopped`. */
export function watchInline(inspector: Inspector, kernel: KernelExports, stopped: () => boolean, also: () => void): void {
  const inside = new Unchanged(), locked = new Unchanged(), most = INLINE_DEADLINE / PERIOD;
  const look = (): void => {
    if (stopped()) return;
    kernel.tidy();
    also();
    for (let thread = 1; thread < MAX_THREADS; thread++) {
      const at = L.THREADS + thread * L.THREAD_SIZE, depth = inspector.u32(at + L.T_DEPTH);
      if (depth === 0 || depth > L.MAX_DEPTH || inspector.u32(at + L.T_STATE) !== L.THREAD_RUNNING) { inside.forget(thread); continue; }
      const server = inspector.u32(at + L.T_INSIDE + (depth - 1) * 4);
      const looks = inside.look(thread, `${depth}:${server}:${inspector.u64(server + L.D_SERVED)}:${inspector.u64(at + L.T_CALLS)}`);
      if (looks > most && holdsLock(inspector, server, thread)) failAsHung(inspector, kernel, (server - L.DOMAINS) / L.DOMAIN_SIZE, `kept a caller longer than ${INLINE_DEADLINE} ms`);
    }
    for (let server = 1; server < MAX_DOMAINS; server++) {
      const at = L.DOMAINS + server * L.DOMAIN_SIZE, lock = inspector.u32(at + L.D_LOCK);
      // Whoever gives the lock up lets one of them in, and then more have been served. One that is suspended goes on when it is told to.
      if (!(lock & WAITERS) || inspector.domainState(server) !== "running") { locked.forget(server); continue; }
      if (locked.look(server, `${lock}:${inspector.u64(at + L.D_SERVED)}`) > most) failAsHung(inspector, kernel, server, `kept others from entering longer than ${INLINE_DEADLINE} ms`);
    }
    setTimeout(look, PERIOD);
  };
  look();
}

/** Whether a thread has the lock of the server at this address. */
export function holdsLock(inspector: Inspector, server: number, thread: number): boolean { return (inspector.u32(server + L.D_LOCK) & HOLDER) === thread + 1; }

/** End a server that runs, as hung. */
export function failAsHung(inspector: Inspector, kernel: KernelExports, server: number, text: string): void {
  if (inspector.domainState(server) !== "running") return;
  inspector.setText(server, text);
  kernel.fail(server, FAULT_HANG, 137);
}
