// The system calls on capabilities, for a member of a linked module: the group's endpoint looks to each member like one of its own, whose
// badges the other members do not share.

import * as kernel from "../kernel";
import { BadArgument, NotSupported } from "../../../abi/generated/assembly/errors";
import { OBJECT_ENDPOINT, RIGHT_ALL, SLOT_SELF } from "../../../abi/layout/limits";
import { BADGE_MASK, memberOf, rootBadge } from "./calls";
import { link } from "./layout";
import { forgetAll, renewed } from "./slots";

/** The badge that the kernel is to know for `badge` of a member's own endpoint, if `source` is that. */
@inline function outer(member: i32, source: i32, badge: i32): i32 { return source == SLOT_SELF ? rootBadge(member) | badge : badge; }
/** Whether a badge is too large for a member of this group (lib/ts/linked.ts). */
@inline function tooLarge(source: i32, badge: i32): bool { return source == SLOT_SELF && (<u32>badge & ~BADGE_MASK) != 0; }

export function capMint(member: i32, source: i32, rights: i32, badge: i32): i32 {
  return tooLarge(source, badge) ? BadArgument : renewed(kernel.capMint(source, rights, outer(member, source, badge)));
}

export function capCopy(member: i32, source: i32): i32 { return capMint(member, source, RIGHT_ALL, 0); }

export function capMove(source: i32, to: i32): i32 {
  const slot = kernel.capMove(source, to);
  if (slot >= 0) { renewed(source); renewed(to); renewed(slot); }
  return slot;
}

export function capDelete(slot: i32): i32 { return kernel.capDelete(renewed(slot)); }

export function capRevoke(slot: i32): i32 {
  const status = kernel.capRevoke(slot);
  forgetAll();
  return status;
}

/** As the kernel's; the endpoint has another object number for each member, so that nobody takes another's badges for its own. */
export function capInfo(member: i32, slot: i32): i32 {
  const info = kernel.capInfo(slot);
  if (info < 0 || (info & 255) != OBJECT_ENDPOINT || kernel.w1 != link().endpoint) return info;
  const badge = <u32>kernel.w0, owner = slot == SLOT_SELF ? member : memberOf(badge);
  kernel.w0 = <i64><u64>(badge & BADGE_MASK);
  kernel.w1 |= <i64>owner << 40;
  return info;
}

export function capGrant(member: i32, domain: i32, source: i32, rights: i32, badge: i32, to: i32): i32 {
  return tooLarge(source, badge) ? BadArgument : kernel.capGrant(domain, source, rights, outer(member, source, badge), to);
}

export function domainCreate(member: i32, capQuota: i32, frameQuota: i32, faultEndpoint: i32, badge: i32): i32 {
  return tooLarge(faultEndpoint, badge) ? BadArgument : renewed(kernel.domainCreate(capQuota, frameQuota, faultEndpoint, outer(member, faultEndpoint, badge)));
}

/** Signals bear no badge: those of one member only can arrive at the group's endpoint. */
export function notificationBind(member: i32, notification: i32, endpoint: i32): i32 {
  if (endpoint != SLOT_SELF) return kernel.notificationBind(notification, endpoint);
  if (link().signaled && link().signaled != member + 1) return NotSupported;
  const status = kernel.notificationBind(notification, endpoint);
  if (status >= 0) link().signaled = member + 1;
  return status;
}

export function endpointCreate(): i32 { return renewed(kernel.endpointCreate()); }
export function notificationCreate(): i32 { return renewed(kernel.notificationCreate()); }
export function dataspaceCreate(size: i64): i32 { return renewed(kernel.dataspaceCreate(size)); }
