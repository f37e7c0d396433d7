// What is known of the domain's slots: whether a capability leads to a member of the group, and to which, so that a call to one asks the
// kernel nothing. An entry is learnt when a slot is first called, and forgotten when the slot is filled anew or emptied.
//
//   | rights << 8 | UNKNOWN, FOREIGN or OWN   (32 bits) |   badge with the member's number (32 bits) |

import * as kernel from "../kernel";
import { OBJECT_ENDPOINT } from "../../../abi/layout/limits";
import { SLOTS, SLOT_COUNT, link } from "./layout";

export const FOREIGN: u32 = 1;
export const OWN: u32 = 2;

@inline function entry(slot: i32): usize { return SLOTS + (<usize>slot << 3); }
@inline export function isOwn(known: u64): bool { return <u8>(known >> 32) == <u8>OWN; }
@inline export function badgeOf(known: u64): u32 { return <u32>known; }
@inline export function rightsOf(known: u64): i32 { return <i32>(known >> 40) & 255; }

/** What is known of a slot; learns it. Keeps the message registers. */
@inline export function slotKnown(slot: i32): u64 {
  if (<u32>slot >= <u32>SLOT_COUNT) return <u64>FOREIGN << 32;
  const known = load<u64>(entry(slot));
  return known ? known : learn(slot);
}

function learn(slot: i32): u64 {
  const w0 = kernel.w0, w1 = kernel.w1, w2 = kernel.w2, w3 = kernel.w3, w4 = kernel.w4, w5 = kernel.w5, w6 = kernel.w6, w7 = kernel.w7;
  const info = kernel.capInfo(slot);
  const own = info >= 0 && (info & 255) == OBJECT_ENDPOINT && kernel.w1 == link().endpoint;
  const known = <u64>(own ? <u32>(info & 0xff00) | OWN : FOREIGN) << 32 | <u64><u32>kernel.w0;
  kernel.w0 = w0; kernel.w1 = w1; kernel.w2 = w2; kernel.w3 = w3; kernel.w4 = w4; kernel.w5 = w5; kernel.w6 = w6; kernel.w7 = w7;
  // An empty slot is filled by what we may not see.
  if (info >= 0) store<u64>(entry(slot), known);
  return known;
}

/** The slot holds something else from now on; statuses that are no slots are let pass. Returns it. */
@inline export function renewed(slot: i32): i32 {
  if (slot > 0 && slot < SLOT_COUNT) store<u64>(entry(slot), 0);
  return slot;
}

/** Capabilities that came in the registers. */
@inline export function capsArrived(): void {
  if (kernel.c0 | kernel.c1 | kernel.c2 | kernel.c3) { renewed(kernel.c0); renewed(kernel.c1); renewed(kernel.c2); renewed(kernel.c3); }
}

/** Revoking can reach any slot. */
export function forgetAll(): void { memory.fill(SLOTS, 0, 8 * <usize>SLOT_COUNT); }
