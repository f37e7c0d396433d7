// Where a linked module keeps what belongs to the group, behind the root records of its members (memory/addresses.ts):
//
//   LINK_STATE   State: what the whole group shares
//   SLOTS        what is known of each slot of the domain's table (slots.ts)
//   PAGERS       which member pages a Dataspace (dataspaces.ts)
//   LINK_END     where the heap begins, one for all members

import { SERVER_STATE, SERVER_STATE_SIZE } from "../memory/layout";
import { MEMBERS } from "./group";

export const SLOT_COUNT: i32 = 65536;
export const PAGER_BUCKETS: u32 = 8192;
/** Entries of a bucket. */
export const PAGER_WAYS: u32 = 4;

export const LINK_STATE: usize = SERVER_STATE + <usize>MEMBERS * SERVER_STATE_SIZE;
export const SLOTS: usize = LINK_STATE + 4096;
export const PAGERS: usize = SLOTS + 8 * <usize>SLOT_COUNT;
export const LINK_END: usize = PAGERS + 8 * <usize>PAGER_BUCKETS * <usize>PAGER_WAYS;

@unmanaged export class LinkState {
  /** Object number of the domain's endpoint. */
  endpoint: i64;
  /** Member that signals go to + 1, or 0. */
  signaled: i32;
  // Of the home Worker's serve loops (serving.ts).
  /** Member that the message or timeout just received is for; NOBODY. */
  addressee: i32;
  /** What receive returned for it. */
  received: i32;
  /** The endpoint is gone, or another reason to end: the status of receive. */
  ended: i32;
  /** When each member wants to be woken, in monotonic nanoseconds; NEVER. MEMBERS of them. */
  deadline0: i64;
}

@inline export function link(): LinkState { return changetype<LinkState>(LINK_STATE); }
