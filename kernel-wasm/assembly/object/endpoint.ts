// Endpoint: where calls rendezvous (Kea calls it a portal, Aegis a protected control transfer). It belongs to the domain that
// made it or was given it to receive on; when that domain dies, callers get PeerDied.
//
//   fresh --call--> senders wait --receive--> ...          receivers wait --call--> ...
//   Either queue is empty whenever the other is not.

import {
  ENDPOINTS, ENDPOINT_SIZE, MAX_ENDPOINTS, E_STATE, E_DOMAIN, E_DOMAIN_GENERATION, E_SENDERS_HEAD, E_RECEIVERS_HEAD, E_NOTIFICATION,
  E_NEXT_FREE, E_NOTICES, D_NOTICE_NEXT, D_NOTICE_QUEUED, H_FREE_ENDPOINT, H_NEXT_ENDPOINT, H_COUNT_ENDPOINTS, D_STATE, D_GENERATION, DOMAIN_RUNNING,
  DOMAIN_CREATED, DOMAIN_SUSPENDED, T_STATE, THREAD_REPLY, T_STATUS, T_SERIAL, T_SHAPE, T_CAPS, T_DELIVERED, N_ENDPOINT,
} from "../../../abi/layout/kernel-memory";
import { OBJECT_DOMAIN, OBJECT_NOTIFICATION } from "../../../abi/layout/limits";
import { CANCELED } from "../status";
import { takeFromPool, giveToPool, bump } from "./pool";
import { unreference } from "./reference";
import { dequeue } from "../sched/queue";
import { runnable, wake } from "../sched/park";

/** A new endpoint of `domain` without references; 0 if there is none left. */
export function createEndpoint(domain: usize): usize {
  const endpoint = takeFromPool(H_FREE_ENDPOINT, H_NEXT_ENDPOINT, ENDPOINTS, ENDPOINT_SIZE, MAX_ENDPOINTS, E_NEXT_FREE);
  if (!endpoint) return 0;
  store<i32>(endpoint, 1, E_STATE);
  setEndpointOwner(endpoint, domain);
  bump(H_COUNT_ENDPOINTS, 1);
  return endpoint;
}

/** From now on `domain` answers here. A thread of another that is receiving gets Canceled: messages go to the owner's table. */
export function setEndpointOwner(endpoint: usize, domain: usize): void {
  if (<usize>load<u32>(endpoint, E_DOMAIN) != domain) {
    let thread: usize;
    while ((thread = dequeue(endpoint + E_RECEIVERS_HEAD)) != 0) releaseThread(thread, CANCELED);
  }
  store<u32>(endpoint, <u32>domain, E_DOMAIN);
  store<i32>(endpoint, load<i32>(domain + D_GENERATION), E_DOMAIN_GENERATION);
}

/** Whether the domain that answers here can still do so. */
export function endpointAlive(endpoint: usize): bool {
  const domain = <usize>load<u32>(endpoint, E_DOMAIN);
  const state = load<i32>(domain + D_STATE);
  return load<i32>(domain + D_GENERATION) == load<i32>(endpoint, E_DOMAIN_GENERATION) && (state == DOMAIN_RUNNING || state == DOMAIN_CREATED || state == DOMAIN_SUSPENDED);
}

/** End the wait of `thread` (already out of its queue) with a status and an empty answer. */
export function releaseThread(thread: usize, status: i32): void {
  store<i32>(thread + T_SHAPE, 0);
  store<i64>(thread + T_CAPS, 0);
  store<i64>(thread + T_CAPS + 8, 0);
  store<i32>(thread + T_DELIVERED, 0);
  store<i32>(thread + T_STATUS, status);
  store<i32>(thread + T_SERIAL, load<i32>(thread + T_SERIAL) + 1);
  runnable(thread);
  wake(thread);
}

/** The call that `thread` made with `serial` will not be answered. */
export function cancelCaller(thread: usize, serial: i32): void {
  if (load<i32>(thread + T_STATE) == THREAD_REPLY && load<i32>(thread + T_SERIAL) == serial) releaseThread(thread, CANCELED);
}

export function destroyEndpoint(endpoint: usize): void {
  let thread: usize;
  while ((thread = dequeue(endpoint + E_SENDERS_HEAD)) != 0) releaseThread(thread, CANCELED);
  while ((thread = dequeue(endpoint + E_RECEIVERS_HEAD)) != 0) releaseThread(thread, CANCELED);
  // Orphan notices name capabilities to this endpoint; without references there are none left.
  let dead = <usize>load<u32>(endpoint, E_NOTICES);
  store<u32>(endpoint, 0, E_NOTICES);
  while (dead) {
    const after = <usize>load<u32>(dead, D_NOTICE_NEXT);
    store<i32>(dead, 0, D_NOTICE_QUEUED);
    unreference(OBJECT_DOMAIN, dead);
    dead = after;
  }
  const notification = <usize>load<u32>(endpoint, E_NOTIFICATION);
  if (notification) { store<u32>(notification, 0, N_ENDPOINT); unreference(OBJECT_NOTIFICATION, notification); }
  store<i32>(endpoint, 0, E_STATE);
  giveToPool(H_FREE_ENDPOINT, endpoint, E_NEXT_FREE);
  bump(H_COUNT_ENDPOINTS, -1);
}
