// Notification: a word of signal bits. Signalling never blocks; waiting takes all bits. Timers and device interrupts arrive here.

import {
  NOTIFICATIONS, NOTIFICATION_SIZE, MAX_NOTIFICATIONS, N_STATE, N_BITS, N_WAITERS_HEAD, N_ENDPOINT, N_NEXT_FREE,
  H_FREE_NOTIFICATION, H_NEXT_NOTIFICATION, H_COUNT_NOTIFICATIONS, T_WORDS, T_STATUS, E_NOTIFICATION,
} from "../../../abi/layout/kernel-memory";
import { CANCELED } from "../status";
import { takeFromPool, giveToPool, bump } from "./pool";
import { dequeue } from "../sched/queue";
import { runnable, wake } from "../sched/park";
import { releaseThread } from "./endpoint";
import { offerNotice } from "./endpoint-queue";

export function createNotification(): usize {
  const notification = takeFromPool(H_FREE_NOTIFICATION, H_NEXT_NOTIFICATION, NOTIFICATIONS, NOTIFICATION_SIZE, MAX_NOTIFICATIONS, N_NEXT_FREE);
  if (!notification) return 0;
  store<i32>(notification, 1, N_STATE);
  bump(H_COUNT_NOTIFICATIONS, 1);
  return notification;
}

export function raise(notification: usize, bits: i64): void {
  if (bits == 0) return;
  store<i64>(notification, load<i64>(notification, N_BITS) | bits, N_BITS);
  const endpoint = <usize>load<u32>(notification, N_ENDPOINT);
  if (endpoint) { offerNotice(endpoint); return; }
  const thread = dequeue(notification + N_WAITERS_HEAD);
  if (!thread) return;
  store<i64>(thread + T_WORDS, load<i64>(notification, N_BITS));
  store<i64>(notification, 0, N_BITS);
  store<i32>(thread + T_STATUS, 0);
  runnable(thread);
  wake(thread);
}

export function destroyNotification(notification: usize): void {
  let thread: usize;
  while ((thread = dequeue(notification + N_WAITERS_HEAD)) != 0) releaseThread(thread, CANCELED);
  const endpoint = <usize>load<u32>(notification, N_ENDPOINT);
  if (endpoint) store<u32>(endpoint, 0, E_NOTIFICATION);
  store<i32>(notification, 0, N_STATE);
  giveToPool(H_FREE_NOTIFICATION, notification, N_NEXT_FREE);
  bump(H_COUNT_NOTIFICATIONS, -1);
}
