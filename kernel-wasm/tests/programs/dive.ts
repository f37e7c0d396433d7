// Recurse to every depth near the overflow of the stack, and there make a system call.

import type { Kernel } from "../../../lib/ts/kernel.ts";
import { ECHO, NESTED } from "../server/labels.ts";

export interface DiveReport { depths: number; overflows: number; statuses: Record<string, number> }

/** The most frames of `at` that fit. */
function depthLimit(): number {
  let fits = 0, not = 1 << 20;
  while (not - fits > 1) {
    const middle = (fits + not) >> 1;
    try { at(middle, () => 0); fits = middle; } catch { not = middle; }
  }
  return fits;
}

function at(depth: number, act: () => number): number { return depth > 0 ? at(depth - 1, act) + 0 : act(); }

/** For each `stride`th of the last depths: a call to `cap`, or through it on to its `nested` slot; and calls that take the kernel's lock. */
export function dive(kernel: Kernel, cap: number, nested: number, depths: number, stride: number): DiveReport {
  const report: DiveReport = { depths, overflows: 0, statuses: {} }, spare = kernel.endpointCreate(), space = kernel.dataspaceCreate(100_000n);
  const acts = [
    () => kernel.call(cap, ECHO, { words: [1], caps: [spare], send: [new Uint8Array(10)], receive: 10 }).status,
    () => nested ? kernel.call(cap, NESTED, { words: [nested, ECHO, 1] }).status : 0,
    () => kernel.capDelete(kernel.capCopy(spare)),
    () => kernel.dataspaceWrite(space, 5000n, new Uint8Array(5000)),
    () => kernel.dataspaceResize(space, 0n) + kernel.dataspaceResize(space, 100_000n),
    () => kernel.receive(spare, 0).status,
  ];
  for (const act of acts) act();
  // Until the compilers have settled.
  for (let i = 0; i < 300; i++) at(2000, () => 0);
  let limit = 0;
  for (let i = 0; i < depths; i++) {
    // The limit moves as code is optimized.
    if (i % 10 === 0) limit = depthLimit() + 10;
    for (const [which, act] of acts.entries()) {
      try {
        const status = `${which}:${Math.min(at(limit - i * stride, act), 0)}`;
        report.statuses[status] = (report.statuses[status] ?? 0) + 1;
      } catch (error) { if (!(error instanceof RangeError)) throw error; report.overflows++; }
    }
  }
  // Answers that came when there was no stack left to take them from the table.
  for (let slot = 8; slot < 4096; slot++) if (slot !== cap && kernel.capInfo(slot)?.kind === 3) kernel.capDelete(slot);
  kernel.capDelete(space);
  return report;
}
