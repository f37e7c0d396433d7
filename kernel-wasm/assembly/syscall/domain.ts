// domainCreate, Start, Kill, Suspend, Resume, exit.

import {
  D_DATASPACE, D_IMAGE, D_PENDING, D_STATE, DOMAIN_CREATED, DOMAIN_RUNNING, DOMAIN_SUSPENDED, FLAG_SUSPENDED, PENDING_START, PENDING_SUSPEND, T_DOMAIN, T_FLAGS, T_STATE,
  THREAD_NONE, TRACE_KILL, TRACE_START, D_NUMBER, D_REFERENCES,
} from "../../../abi/layout/kernel-memory";
import {
  FAULT_EXIT, FAULT_KILLED, MAX_THREADS, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_SYSTEM, RIGHT_ALL, RIGHT_MANAGE, RIGHT_READ, SLOT_SYSTEM,
} from "../../../abi/layout/limits";
import { BAD_ARGUMENT, BAD_HANDLE, NO_RIGHT, OK, PEER_DIED, TRY_AGAIN } from "../status";
import { current, me } from "../identity";
import { capAt, fillSlot, findSlot, kindOf, objectOf, rightsOf } from "../object/capability";
import { createDomain, isDead, killDomain, numberOf, ringMachine, setFaultEndpoint } from "../object/domain";
import { reference } from "../object/reference";
import { lockKernel, unlockKernel } from "../sched/lock";
import { probeStack } from "../sched/probe";
import { obeyFlags, threadAt } from "../sched/thread";
import { trace } from "../trace/ring";

/** Domains kept for servers go only to those that hold the System object with Manage (init). */
export function domainCreate(capQuota: i32, frameQuota: i32, faultEndpoint: i32, badge: i32): i32 {
  obeyFlags();
  if (capQuota < 8 || frameQuota < 0) return BAD_ARGUMENT;
  probeStack();
  lockKernel();
  let slot: i32;
  const fault = capAt(current, faultEndpoint), authority = capAt(current, SLOT_SYSTEM);
  if (faultEndpoint != 0 && kindOf(fault) != OBJECT_ENDPOINT) slot = BAD_HANDLE;
  else {
    slot = findSlot(current);
    if (slot >= 0) {
      const server = kindOf(authority) == OBJECT_SYSTEM && (rightsOf(authority) & RIGHT_MANAGE) != 0 && numberOf(current) == 1;
      const domain = createDomain(capQuota, frameQuota, server);
      if (domain) {
        if (faultEndpoint) setFaultEndpoint(domain, objectOf(fault), badge);
        fillSlot(current, slot, OBJECT_DOMAIN, RIGHT_ALL, domain, 0, 0);
      } else slot = TRY_AGAIN;
    }
  }
  unlockKernel();
  return slot;
}

/** Kernel lock held: the domain of a capability with Manage, or a negated error. */
function managed(slot: i32): i32 {
  const cap = capAt(current, slot);
  if (kindOf(cap) != OBJECT_DOMAIN) return BAD_HANDLE;
  if (!(rightsOf(cap) & RIGHT_MANAGE)) return NO_RIGHT;
  return <i32>objectOf(cap);
}

export function domainStart(slot: i32, dataspaceSlot: i32, image: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let status = managed(slot);
  if (status > 0) {
    const domain = <usize>status, source = capAt(current, dataspaceSlot);
    if (isDead(domain)) status = PEER_DIED;
    else if (load<i32>(domain + D_STATE) != DOMAIN_CREATED || (load<i32>(domain + D_PENDING) & PENDING_START)) status = BAD_ARGUMENT;
    else if (dataspaceSlot != 0 && kindOf(source) != OBJECT_DATASPACE) status = BAD_HANDLE;
    else if (dataspaceSlot != 0 && !(rightsOf(source) & RIGHT_READ)) status = NO_RIGHT;
    else {
      if (dataspaceSlot) {
        store<u32>(domain + D_DATASPACE, <u32>objectOf(source));
        reference(OBJECT_DATASPACE, objectOf(source));
      }
      store<i32>(domain + D_IMAGE, image);
      store<i32>(domain + D_PENDING, load<i32>(domain + D_PENDING) | PENDING_START);
      trace(TRACE_START, numberOf(domain), 0, image);
      ringMachine();
      status = OK;
    }
  }
  unlockKernel();
  return status;
}

export function domainKill(slot: i32): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let status = managed(slot);
  if (status > 0) {
    trace(TRACE_KILL, numberOf(<usize>status), 0, 0);
    killDomain(<usize>status, FAULT_KILLED, 137);
    status = OK;
  }
  unlockKernel();
  obeyFlags();
  return status;
}

export function domainSuspend(slot: i32): i32 {
  const status = pause(slot, true);
  // It may be our own.
  obeyFlags();
  return status;
}

export function domainResume(slot: i32): i32 { return pause(slot, false); }

function pause(slot: i32, suspend: bool): i32 {
  obeyFlags();
  probeStack();
  lockKernel();
  let status = managed(slot);
  if (status > 0) {
    const domain = <usize>status, state = load<i32>(domain + D_STATE), pending = load<i32>(domain + D_PENDING);
    status = OK;
    // Started, but no Worker runs it yet: `attach` then finds it so.
    if (state == DOMAIN_CREATED && (pending & (PENDING_START | PENDING_SUSPEND)) == (suspend ? PENDING_START : PENDING_START | PENDING_SUSPEND)) store<i32>(domain + D_PENDING, pending ^ PENDING_SUSPEND);
    else if (state != (suspend ? DOMAIN_RUNNING : DOMAIN_SUSPENDED)) status = isDead(domain) ? PEER_DIED : BAD_ARGUMENT;
    else {
      store<i32>(domain + D_STATE, suspend ? DOMAIN_SUSPENDED : DOMAIN_RUNNING);
      changeFlag(domain, suspend ? 0 : FLAG_SUSPENDED, suspend ? FLAG_SUSPENDED : 0);
    }
  }
  unlockKernel();
  return status;
}

function changeFlag(domain: usize, clear: i32, set: i32): void {
  for (let i = 0; i < MAX_THREADS; i++) {
    const thread = threadAt(i);
    if (load<i32>(thread + T_STATE) == THREAD_NONE || <usize>load<u32>(thread + T_DOMAIN) != domain) continue;
    store<i32>(thread + T_FLAGS, (load<i32>(thread + T_FLAGS) & ~clear) | set);
    atomic.notify(thread + T_FLAGS, -1);
  }
}

export function exit(status: i32): void {
  probeStack();
  lockKernel();
  killDomain(current, FAULT_EXIT, status);
  unlockKernel();
  obeyFlags();
}
