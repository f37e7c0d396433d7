// How a linked module is entered: its own `init`, `dispatch` and `serve`, and what receiving means to a member.
//
// One home Worker runs the serve loops of all members, each inside the one before:
//
//   serve of member 0 -> its receive -> serve of member 1 -> its receive -> … -> the last one's receive asks the kernel
//
// What comes for an earlier member makes the later ones' receive fail with BadHandle, which ends a serve loop; the earlier one's receive
// then returns it, and starts the later loops again when it is called next.

import * as kernel from "../kernel";
import { BadHandle, BadMethod, Canceled, NoRight, NotSupported, Timeout } from "../../../abi/generated/assembly/errors";
import { LABEL_SIGNAL, SLOT_SELF } from "../../../abi/layout/limits";
import { heapIsWhole, initializeAllocator } from "../memory/allocator";
import { refuse } from "../ipc/refuse";
import { BADGE_MASK, memberOf } from "./calls";
import { direct, inside, setInside, setReceive, setSends } from "./frame";
import { MEMBERS } from "./group";
import { LINK_END, LINK_STATE, LinkState, link } from "./layout";
import { dispatchMember, initMember, serveMember } from "./members";
import { capsArrived, renewed } from "./slots";

const NOBODY: i32 = -1;
const SAVED: i32 = 1 << 31;
const NEVER: i64 = i64.MAX_VALUE;
const MIGRATED: i32 = 2;
const BROKEN: i32 = -1;

@inline function deadlineOf(member: i32): usize { return LINK_STATE + offsetof<LinkState>("deadline0") + (<usize>member << 3); }

/** Start the group on its memory, and then each member on its part. */
export function init(mode: i32): i32 {
  if (mode == MIGRATED) {
    if (!heapIsWhole()) return BROKEN;
  } else {
    // First, as it makes a small memory reach that far.
    initializeAllocator();
    memory.fill(LINK_STATE, 0, LINK_END - LINK_STATE);
  }
  link().addressee = NOBODY;
  link().ended = 0;
  if (kernel.capInfo(SLOT_SELF) >= 0) link().endpoint = kernel.w1;
  for (let member = 0; member < MEMBERS; member++) {
    store<i64>(deadlineOf(member), NEVER);
    const status = initMember(member, mode);
    if (status < 0) return status;
  }
  return 0;
}

/** The member that a message from outside is for, or one that does not exist. */
@inline function addressee(label: i32, badge: u32): i32 {
  return label == LABEL_SIGNAL && !kernel.rights && link().signaled ? link().signaled - 1 : memberOf(badge);
}

/** A message from outside the group, by a caller that has come inline or by the home Worker. */
export function dispatch(label: i32, badge: i32): i32 {
  const member = addressee(label, <u32>badge), oInside = inside, oDirect = direct;
  capsArrived();
  if (member >= MEMBERS) return refuse(BadMethod);
  arrive(member);
  kernel.badge = <i32>(<u32>badge & BADGE_MASK);
  const status = dispatchMember(member, label, kernel.badge);
  setInside(oInside, oDirect);
  return status;
}

/** A message from outside is for this member. */
@inline function arrive(member: i32): void {
  setInside(1 << member, false);
  setSends(0, kernel.s0n, 0, kernel.s1n);
  setReceive(0, kernel.r0n, 0);
}

export function serve(): void { serveMember(0); }

export function receive(member: i32, endpoint: i32, timeout: i64): i32 {
  if (endpoint != SLOT_SELF) return kernel.receive(endpoint, timeout);
  const deadline = timeout < 0 ? NEVER : kernel.monotonic() + timeout * 1000;
  // One that was broken off for another member's sake still holds.
  if (deadline < load<i64>(deadlineOf(member))) store<i64>(deadlineOf(member), deadline);
  while (!link().ended) {
    if (member == MEMBERS - 1) receiveForAll(); else serveMember(member + 1);
    if (link().addressee != member) {
      if (link().addressee >= 0 && link().addressee < member) return BadHandle;
      continue;
    }
    link().addressee = NOBODY;
    store<i64>(deadlineOf(member), NEVER);
    arrive(member);
    return link().received;
  }
  return link().ended;
}

export function replyAndReceive(member: i32, status: i32, shape: i32, endpoint: i32): i32 {
  if (endpoint != SLOT_SELF) return kernel.replyAndReceive(status, shape, endpoint);
  kernel.reply(0, status, shape);
  return receive(member, endpoint, -1);
}

/** The next message or timeout of any member; its badge and who it is for are then known. */
function receiveForAll(): void {
  let next = 0;
  for (let member = 1; member < MEMBERS; member++) if (load<i64>(deadlineOf(member)) < load<i64>(deadlineOf(next))) next = member;
  const deadline = load<i64>(deadlineOf(next));
  const status = kernel.receive(SLOT_SELF, deadline == NEVER ? -1 : max((deadline - kernel.monotonic() + 999) / 1000, 0));
  link().received = status;
  if (status >= 0) {
    const member = addressee(kernel.label, <u32>kernel.badge);
    capsArrived();
    if (member >= MEMBERS) { kernel.reply(0, refuse(BadMethod), 0); return; }
    link().addressee = member;
    kernel.badge = <i32>(<u32>kernel.badge & BADGE_MASK);
  } else if (deadline != NEVER && kernel.monotonic() >= deadline) {
    link().addressee = next;
    link().received = Timeout;
  } else if (status == BadHandle || status == NoRight || status == Canceled) link().ended = status;
}

/** A call to be answered later: those from outside only that no other member has passed on, as that waits by having called. */
export function saveReply(): i32 {
  if (direct || inside & inside - 1) return NotSupported;
  const slot = renewed(kernel.saveReply());
  if (slot > 0) setInside(inside | SAVED, false);
  return slot;
}
