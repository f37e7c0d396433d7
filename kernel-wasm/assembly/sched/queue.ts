// Queues of blocked threads: doubly linked through the control blocks, head and tail in the object (I5). Kernel lock held.

import { T_QUEUE_NEXT, T_QUEUE_PREVIOUS } from "../../../abi/layout/kernel-memory";

/** Append; `head` is the address of the head word, the tail word follows it. */
export function enqueue(head: usize, thread: usize): void {
  const tail = load<u32>(head, 4);
  store<u32>(thread + T_QUEUE_NEXT, 0);
  store<u32>(thread + T_QUEUE_PREVIOUS, tail);
  if (tail) store<u32>(tail + T_QUEUE_NEXT, <u32>thread); else store<u32>(head, <u32>thread);
  store<u32>(head, <u32>thread, 4);
}

export function removeFromQueue(head: usize, thread: usize): void {
  const next = load<u32>(thread + T_QUEUE_NEXT), previous = load<u32>(thread + T_QUEUE_PREVIOUS);
  if (previous) store<u32>(previous + T_QUEUE_NEXT, next); else store<u32>(head, next);
  if (next) store<u32>(next + T_QUEUE_PREVIOUS, previous); else store<u32>(head, previous, 4);
  store<u32>(thread + T_QUEUE_NEXT, 0);
  store<u32>(thread + T_QUEUE_PREVIOUS, 0);
}

/** Take the first; 0 if there is none. */
export function dequeue(head: usize): usize {
  const thread = <usize>load<u32>(head);
  if (thread) removeFromQueue(head, thread);
  return thread;
}
