// What waits at an endpoint besides messages: notices of orphaned badges, notices of dead domains, and a bound notification's
// bits. They are handed to a receiver before messages. Kernel lock held.

import {
  E_ORPHANS, E_NOTICES, E_NOTIFICATION, E_RECEIVERS_HEAD, N_BITS, T_LABEL, T_BADGE, T_RIGHTS, T_SHAPE, T_WORDS, T_STATUS, T_CLIENT,
  T_SEND0_LENGTH, T_SEND1_LENGTH, T_ROOM, C_KIND, C_BADGE, C_FIRST_CHILD, C_ORPHAN_NEXT, CAP_FLAG_ORPHAN_QUEUED, CAP_FLAG_WATCHED, D_NOTICE_NEXT, D_FAULT_BADGE,
  D_NUMBER, D_REASON, D_EXIT_STATUS, D_NOTICE_QUEUED, D_TEXT_LENGTH, D_TEXT, T_CAPS,
} from "../../../abi/layout/kernel-memory";
import { LABEL_ORPHAN, LABEL_SIGNAL, LABEL_FAULT, OBJECT_DOMAIN } from "../../../abi/layout/limits";
import { unreference } from "./reference";
import { dequeue } from "../sched/queue";
import { runnable, wake } from "../sched/park";

function fillNotice(thread: usize, label: i32, badge: i32, words: i32): void {
  store<i32>(thread + T_STATUS, 0);
  store<i32>(thread + T_LABEL, label);
  store<i32>(thread + T_BADGE, badge);
  store<i32>(thread + T_RIGHTS, 0);
  store<i32>(thread + T_SHAPE, words);
  store<i32>(thread + T_CLIENT, 0);
  store<i32>(thread + T_SEND0_LENGTH, 0);
  store<i32>(thread + T_SEND1_LENGTH, 0);
  store<i32>(thread + T_ROOM, 0);
  store<i64>(thread + T_CAPS, 0);
  store<i64>(thread + T_CAPS + 8, 0);
}

/** Put a waiting notice, if there is one, into `thread` as a message received: whether there was. */
export function takeNotice(endpoint: usize, thread: usize): bool {
  let orphan: usize;
  while ((orphan = <usize>load<u32>(endpoint, E_ORPHANS)) != 0) {
    store<u32>(endpoint, load<u32>(orphan, C_ORPHAN_NEXT), E_ORPHANS);
    store<u32>(orphan, load<u32>(orphan, C_KIND) & ~CAP_FLAG_ORPHAN_QUEUED, C_KIND);
    // Derived from again while the notice waited: it is no orphan, and watched on.
    if (load<u32>(orphan, C_FIRST_CHILD)) { store<u32>(orphan, load<u32>(orphan, C_KIND) | CAP_FLAG_WATCHED, C_KIND); continue; }
    fillNotice(thread, LABEL_ORPHAN, load<i32>(orphan, C_BADGE), 0);
    return true;
  }
  const dead = <usize>load<u32>(endpoint, E_NOTICES);
  if (dead) {
    store<u32>(endpoint, load<u32>(dead, D_NOTICE_NEXT), E_NOTICES);
    store<i32>(dead, 0, D_NOTICE_QUEUED);
    // The text that says why stays in the domain; the machine's runtime hands it to TypeScript servers.
    fillNotice(thread, LABEL_FAULT, load<i32>(dead, D_FAULT_BADGE), 3);
    store<i64>(thread + T_WORDS, <i64>load<u32>(dead, D_NUMBER));
    store<i64>(thread + T_WORDS, <i64>load<u32>(dead, D_REASON), 8);
    store<i64>(thread + T_WORDS, <i64>load<i32>(dead, D_EXIT_STATUS), 16);
    unreference(OBJECT_DOMAIN, dead);
    return true;
  }
  const notification = <usize>load<u32>(endpoint, E_NOTIFICATION);
  if (notification && load<i64>(notification, N_BITS) != 0) {
    fillNotice(thread, LABEL_SIGNAL, 0, 1);
    store<i64>(thread + T_WORDS, load<i64>(notification, N_BITS));
    store<i64>(notification, 0, N_BITS);
    return true;
  }
  return false;
}

/** There is a notice now: hand it to a waiting receiver, if any. */
export function offerNotice(endpoint: usize): void {
  const receiver = <usize>load<u32>(endpoint, E_RECEIVERS_HEAD);
  if (receiver && takeNotice(endpoint, receiver)) {
    dequeue(endpoint + E_RECEIVERS_HEAD);
    runnable(receiver);
    wake(receiver);
  }
}
