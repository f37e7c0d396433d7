// The System object: introspection and administration. What is read of kernel memory is read by the machine's runtime, which
// asks `systemAllowed` first.

import { D_MOVABLE, D_PLACEMENT, D_STATE, DOMAIN_RUNNING, DOMAIN_UNUSED, H_TRACE_ON, TRACE_PLACE } from "../../../abi/layout/kernel-memory";
import { FAULT_KILLED, MAX_DOMAINS, OBJECT_SYSTEM, RIGHT_MANAGE, RIGHT_READ } from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, NO_RIGHT, NOT_SUPPORTED, OK, PEER_DIED } from "../status";
import { current } from "../identity";
import { capAt, kindOf, rightsOf } from "../object/capability";
import { domainAt, isDead, killDomain } from "../object/domain";
import { lockKernel, unlockKernel } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { obeyFlags } from "../sched/thread";
import { trace } from "../trace/ring";

/** 0 if `slot` is the System object with the right (Read to look, Manage to change). */
export function systemAllowed(slot: i32, right: i32): i32 {
  const cap = capAt(current, slot);
  return kindOf(cap) != OBJECT_SYSTEM ? BAD_HANDLE : rightsOf(cap) & right ? OK : NO_RIGHT;
}

export function systemKill(slot: i32, number: i32): i32 {
  obeyFlags();
  probeStack();
  const allowed = systemAllowed(slot, RIGHT_MANAGE);
  if (allowed < 0) return allowed;
  if (number <= 0 || number >= MAX_DOMAINS) return BAD_ARGUMENT;
  lockKernel();
  const domain = domainAt(number);
  const status = load<i32>(domain + D_STATE) == DOMAIN_UNUSED || isDead(domain) ? PEER_DIED : OK;
  if (status == OK) killDomain(domain, FAULT_KILLED, 137);
  unlockKernel();
  obeyFlags();
  return status;
}

/**
 * Kea's service migration. The placement says where the next caller goes; the server's lock, which the home Worker and inline
 * callers take alike, keeps them apart while both are at work. So there is nothing to drain: calls under way end where they are,
 * calls queued at the endpoint are answered by the home Worker. No call is lost, callers and server do not change.
 */
export function systemPlace(slot: i32, number: i32, placement: i32): i32 {
  obeyFlags();
  probeStack();
  const allowed = systemAllowed(slot, RIGHT_MANAGE);
  if (allowed < 0) return allowed;
  if (number <= 0 || number >= MAX_DOMAINS || <u32>placement > 1) return BAD_ARGUMENT;
  const domain = domainAt(number);
  if (load<i32>(domain + D_STATE) == DOMAIN_UNUSED || isDead(domain)) return PEER_DIED;
  if (!load<i32>(domain + D_MOVABLE)) return NOT_SUPPORTED;
  if (load<i32>(domain + D_PLACEMENT) == placement) return OK;
  lockKernel();
  const alive = load<i32>(domain + D_STATE) != DOMAIN_UNUSED && !isDead(domain);
  if (alive) store<i32>(domain + D_PLACEMENT, placement);
  unlockKernel();
  if (!alive) return PEER_DIED;
  trace(TRACE_PLACE, number, 0, placement);
  return OK;
}

export function systemSetTrace(slot: i32, on: i32): i32 {
  const allowed = systemAllowed(slot, RIGHT_MANAGE);
  if (allowed < 0) return allowed;
  store<i32>(H_TRACE_ON, on ? 1 : 0);
  return OK;
}
