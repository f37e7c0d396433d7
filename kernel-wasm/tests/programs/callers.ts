// Clients for tests of placement: they call an actor (server/actor.ts) in a loop and check each answer.

import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { ECHO, HOLD, NESTED } from "../server/labels.ts";

export interface CallerReport { answered: number; failed: Record<string, number>; wrong: string[] }

/** Call `cap` with words, ranges and capabilities until `count` calls are answered or one fails with a status below 0. `label`: ECHO, or what is answered in the same way. */
export function echoes(kernel: Kernel, cap: number, count: number, seed: number, label = ECHO): CallerReport {
  const random = new Random(seed), report: CallerReport = { answered: 0, failed: {}, wrong: [] };
  const spare = kernel.endpointCreate();
  for (let i = 0; i < count; i++) {
    const words = Array.from({ length: random.below(9) }, () => BigInt(random.below(1 << 30)));
    const data = random.below(3) ? undefined : Uint8Array.from({ length: random.below(random.below(8) ? 300 : 70_000) }, () => random.below(256));
    const caps = random.below(4) ? [] : [kernel.capCopy(spare), 0].slice(0, 1 + random.below(2));
    const answer = kernel.call(cap, label, { words, caps, ...(data ? { send: [data], receive: data.length } : {}) });
    for (const slot of caps) if (slot) kernel.capDelete(slot);
    if (answer.status < 0) { report.failed[answer.status] = (report.failed[answer.status] ?? 0) + 1; break; }
    report.answered++;
    const right = answer.words.every((word, at) => word === words[at]! + 1n) && answer.words.length === words.length
      && answer.caps.length === caps.length && answer.caps.every((slot, at) => slot ? kernel.capDelete(slot) === 0 : caps[at] === 0)
      && (!data || (answer.data.length === data.length && answer.data.every((byte, at) => byte === (data[at]! ^ 255))));
    if (!right) report.wrong.push(`call ${i} of seed ${seed}: ${answer.words.join()} for ${words.join()}, ${answer.data.length} bytes for ${data?.length}, caps ${answer.caps.join()} for ${caps.join()}`);
  }
  kernel.capDelete(spare);
  return report;
}

/** Call through one actor to another: `slot` is where the first one keeps the capability to the second. */
export function nested(kernel: Kernel, cap: number, slot: number, count: number): CallerReport {
  const report: CallerReport = { answered: 0, failed: {}, wrong: [] };
  for (let i = 0; i < count; i++) {
    const answer = kernel.call(cap, NESTED, { words: [slot, ECHO, i] });
    if (answer.status < 0) { report.failed[answer.status] = (report.failed[answer.status] ?? 0) + 1; break; }
    report.answered++;
    if (answer.words[0] !== BigInt(i) + 1n) report.wrong.push(`call ${i}: ${answer.words.join()}`);
  }
  return report;
}

/** Have the holder hold its mutex under the name `token` for `milliseconds`: how often, and the errors. */
export function holds(kernel: Kernel, server: number, token: number, milliseconds: number): { held: number; failed: number[] } {
  const end = performance.now() + milliseconds, failed: number[] = [];
  let held = 0;
  while (performance.now() < end && failed.length < 5) {
    const { status } = kernel.call(server, HOLD, { words: [token] });
    if (status < 0) failed.push(status); else held++;
  }
  return { held, failed };
}
