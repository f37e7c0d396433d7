// Capabilities that a server hands out, one badge for each record behind them.
//
//   root = handleMint(number)     the server keeps the root; its badge is the record's number
//   give = capCopy(root)          answers move what they carry, so answer with a copy
//
// When the last capability derived from the root is gone, the server gets LABEL_ORPHAN with the badge: it then forgets the
// record and deletes the root. An answer whose caller has died counts as gone, so nothing is left behind.

import * as kernel from "../kernel";
import { RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";

/** A watched capability to the server's own endpoint with this badge (not 0): its slot, or a negated error. */
export function handleMint(badge: u32): i32 {
  const slot = kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, <i32>badge);
  if (slot < 0) return slot;
  const status = kernel.capWatch(slot);
  if (status < 0) {
    kernel.capDelete(slot);
    return status;
  }
  return slot;
}

/** Delete a capability if there is one. */
@inline export function dropCap(slot: i32): void { if (slot > 0) kernel.capDelete(slot); }
