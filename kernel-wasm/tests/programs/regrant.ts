// Who gives the capabilities that another one reads through, and takes them away again: each time to a new Dataspace of another size, whose every byte is 0 or
// its stamp, which is the capability's badge. What was given up is full of something else at once.

import { RIGHT_READ } from "../../../abi/layout/limits.ts";
import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";

/** Pages: of a table without a leaf, with one, with several. */
export const REGRANT_PAGES: readonly number[] = [1, 200, 700];
export const REGRANTED: readonly number[] = [5, 6];
/** So many pages are written from the beginning of each leaf. */
export const REGRANT_RUN = 40;
const PAGE = 4096, LEAF = 256, FOREIGN = 255;

/** For `milliseconds`, into the slots REGRANTED of the domain in slot `domain`: how often it gave one. */
export function regrant(kernel: Kernel, domain: number, milliseconds: number, seed: number): number {
  const random = new Random(seed), end = performance.now() + milliseconds, held = new Map<number, { space: number; stamp: number; pages: number }>();
  const run = new Uint8Array(REGRANT_RUN * PAGE);
  const write = (space: number, page: number, byte: number): void => { kernel.dataspaceWrite(space, BigInt(page * PAGE), run.fill(byte)); };
  let grants = 0;
  while (performance.now() < end) {
    const at = random.pick(REGRANTED), now = held.get(at);
    if (now && random.below(8)) { change(now); continue; }
    if (now) drop(at, now.space);
    const pages = random.pick(REGRANT_PAGES), stamp = grants % 250 + 1, space = kernel.dataspaceCreate(BigInt(pages * PAGE));
    for (let page = 0; page < pages; page += LEAF) write(space, page, stamp);
    if (kernel.capGrant(domain, space, RIGHT_READ, stamp, at) !== at) throw new Error("the slot is not free");
    held.set(at, { space, stamp, pages });
    grants++;
    const foreign = kernel.dataspaceCreate(BigInt(300 * PAGE));
    for (let page = 0; page < 300; page += 100) write(foreign, page, FOREIGN);
    kernel.capDelete(foreign);
  }
  for (const [at, { space }] of held) drop(at, space);
  return grants;

  function drop(at: number, space: number): void {
    kernel.capRevoke(space);
    kernel.capDelete(space);
    held.delete(at);
  }

  function change({ space, stamp, pages }: { space: number; stamp: number; pages: number }): void {
    const page = random.below(Math.ceil(pages / LEAF)) * LEAF;
    switch (random.below(8)) {
      case 0: kernel.dataspaceEvict(space, page, 1 + random.below(LEAF)); break;
      case 1: kernel.dataspaceResize(space, BigInt(random.below(pages * PAGE))); break;
      case 2: kernel.dataspaceMarks(space, page, 64, 3); break;
      default:
        kernel.dataspaceResize(space, BigInt(pages * PAGE));
        write(space, page, stamp);
    }
  }
}
