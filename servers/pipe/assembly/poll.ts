// Polling: which conditions hold at an end, and telling those who asked once one does. A notification is signalled once and
// then forgotten. Who asks again with the same notification replaces the question; when too many ask, the oldest is signalled
// early, which only makes it look again.

import * as kernel from "../../../lib/assembly/kernel";
import { NoMemory } from "../../../abi/generated/assembly/errors";
import { PollEvents } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { End } from "./end";
import { ATOMIC } from "./wait";

const MAX_POLLERS: u32 = 32;

@unmanaged class Poller {
  next: u32;
  previous: u32;
  bits: u64;
  /** Number of the notification. */
  object: u64;
  events: u32;
  notify: i32;
}

export function readyAt(end: End): u32 {
  const pipe = end.owner;
  if (end.isWriter) return !pipe.reader ? PollEvents.Writable | PollEvents.Error : pipe.ring.room >= ATOMIC ? PollEvents.Writable : 0;
  let ready: u32 = pipe.ring.count ? PollEvents.Readable : 0;
  if (!pipe.writer) ready |= PollEvents.Readable | PollEvents.HangUp;
  return ready;
}

/** Remember to signal `notify`; takes the capability in any case. */
export function pollerAdd(end: End, events: u32, bits: u64, notify: i32): i32 {
  if (kernel.capInfo(notify) < 0) return 0;
  const object = <u64>kernel.w1;
  for (let link = listFirst(end.pollers); link != end.pollers; link = listAfter(link)) {
    if (changetype<Poller>(link).object == object) {
      forget(end, changetype<Poller>(link));
      break;
    }
  }
  if (end.pollerCount >= MAX_POLLERS) tell(end, changetype<Poller>(listFirst(end.pollers)));
  const poller = changetype<Poller>(allocate(<i32>offsetof<Poller>()));
  if (!changetype<usize>(poller)) {
    dropCap(notify);
    return NoMemory;
  }
  poller.bits = bits;
  poller.object = object;
  // Error and HangUp are told whether asked for or not, as POSIX has it.
  poller.events = events | PollEvents.HangUp | PollEvents.Error;
  poller.notify = notify;
  listAppend(end.pollers, changetype<usize>(poller));
  end.pollerCount++;
  return 0;
}

function forget(end: End, poller: Poller): void {
  dropCap(poller.notify);
  listRemove(changetype<usize>(poller));
  release(changetype<usize>(poller));
  end.pollerCount--;
}

function tell(end: End, poller: Poller): void {
  kernel.signal(poller.notify, <i64>poller.bits);
  forget(end, poller);
}

/** Signal those whose conditions hold now; `end` may be null. */
export function pollersTell(end: End): void {
  if (!changetype<usize>(end)) return;
  const ready = readyAt(end);
  let link = listFirst(end.pollers);
  while (link != end.pollers) {
    const next = listAfter(link);
    if (changetype<Poller>(link).events & ready) tell(end, changetype<Poller>(link));
    link = next;
  }
}

/** Forget all, at the close of an end. */
export function pollersForget(end: End): void {
  for (let link = listFirst(end.pollers); link != end.pollers; link = listFirst(end.pollers)) forget(end, changetype<Poller>(link));
}
