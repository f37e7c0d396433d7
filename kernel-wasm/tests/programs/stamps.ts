// Readers and writers of Dataspaces whose every byte is 0 or the Dataspace's own stamp, which is the badge of the capability to it. Slots
// 5 to 7 hold such capabilities, and others put new ones there at any time.

import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

export const STAMPED = [5, 6, 7];
export const STAMPED_SIZE = 40 * 4096;

/** Write and read for `milliseconds`: what was seen that belongs to another Dataspace. `churn`: also make and drop own ones. */
export function stamps(kernel: Kernel, milliseconds: number, seed: number, churn: boolean): { reads: number; foreign: string[] } {
  const random = new Random(seed), end = performance.now() + milliseconds, foreign: string[] = [];
  let reads = 0;
  while (performance.now() < end && foreign.length < 5) {
    const slot = random.pick(STAMPED), before = kernel.capInfo(slot);
    if (churn && random.below(3) === 0) own(kernel, random);
    if (!before) continue;
    const offset = BigInt(random.below(STAMPED_SIZE)), length = 1 + random.below(3 * 4096);
    switch (random.below(8)) {
      // By the time it arrives the slot may hold another one: so it writes a stamp that is right only if it is the same at the end.
      case 0: if (before.badge) kernel.dataspaceResize(slot, BigInt(random.below(STAMPED_SIZE))); break;
      case 1: kernel.dataspaceResize(slot, BigInt(STAMPED_SIZE)); break;
      case 2: kernel.dataspaceEvict(slot, random.below(40), random.below(10)); break;
      default: {
        const { data } = kernel.dataspaceRead(slot, offset, length), after = kernel.capInfo(slot);
        if (after?.badge !== before.badge || after.object !== before.object) break;
        reads++;
        const wrong = data.find((byte) => byte !== 0 && byte !== before.badge);
        if (wrong !== undefined) foreign.push(`a byte of ${wrong} in Dataspace ${before.badge} at ${offset}`);
      }
    }
  }
  return { reads, foreign };
}

/** A Dataspace of our own, full of 255, which no stamp is: its frames, nodes and itself are used again by others at once. */
function own(kernel: Kernel, random: Random): void {
  const slot = kernel.dataspaceCreate(1n << 30n);
  if (slot < 0) return;
  for (let i = 0; i < 4; i++) kernel.dataspaceWrite(slot, BigInt(random.below(2) ? random.below(300) * 4096 : random.below(1 << 29)), new Uint8Array(4096).fill(255));
  kernel.capDelete(slot);
}
