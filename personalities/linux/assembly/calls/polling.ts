// poll_oneoff: wait for the first of several clocks and descriptors. The subscriptions are fetched to scratch memory first, in
// the layout of preview 1; so that the older one (unstable.ts) needs only another way of fetching.

import {
  CLOCK_THREAD_CPUTIME, EBADF, EFAULT, EINVAL, EVENTTYPE_CLOCK, EVENTTYPE_FD_READ, EVENTTYPE_FD_WRITE, EVENT_HANGUP, SIZE_EVENT,
  SIZE_SUBSCRIPTION, SUBSCRIPTION_CLOCK_ABSTIME,
} from "../../layout/wasi";
import { PollEvents } from "../../../../abi/generated/assembly/enums";
import { BadMethod, NotSupported, Timeout, WouldBlock } from "../../../../abi/generated/assembly/errors";
import { ATTRIBUTES_SIZE, Attributes } from "../../../../abi/generated/assembly/records";
import * as kernel from "../../../../lib/assembly/kernel";
import { file_poll, file_poll_ready, file_stat } from "../../../../abi/generated/assembly/client/file";
import { Descriptor, KIND_DIRECTORY, KIND_REGULAR, SHARED_POSITION, find } from "../descriptor-table";
import { errnoOf } from "../generated/errno-of";
import { notification } from "../notification";
import { copyIn, inside, insideArray, store32, store64 } from "../program";
import { record, scratch, scratchSize } from "../region";
import { clockTime } from "./clocks";

// A subscription:  0 userdata u64 │ 8 eventtype u8 │ clock: 16 id u32 │ 24 timeout u64 │ 32 precision u64 │ 40 flags u16
//                                                  │ fd:    16 descriptor u32
// An event:        0 userdata u64 │ 8 errno u16 │ 10 eventtype u8 │ 16 bytes u64 │ 24 flags u16

const NEVER: i64 = i64.MAX_VALUE;

export function poll_oneoff(subscriptions: usize, events: usize, count: i32, result: usize): i32 {
  const errno = checkPoll(subscriptions, SIZE_SUBSCRIPTION, events, count, result);
  if (errno) return errno;
  copyIn(scratch(), subscriptions, count * SIZE_SUBSCRIPTION);
  return pollFetched(count, events, result);
}

/** 0 if the arguments of a poll are usable, with subscriptions of `size` bytes. */
export function checkPoll(subscriptions: usize, size: i32, events: usize, count: i32, result: usize): i32 {
  if (!count || <u32>count > <u32>(scratchSize() / SIZE_SUBSCRIPTION)) return EINVAL;
  return insideArray(subscriptions, count, size) && insideArray(events, count, SIZE_EVENT) && inside(result, 4) ? 0 : EFAULT;
}

/** Poll by the subscriptions in scratch memory. */
export function pollFetched(count: i32, events: usize, result: usize): i32 {
  const subscriptions = scratch();
  const sleeping = notification();
  if (sleeping < 0) return errnoOf(sleeping);
  const start = kernel.monotonic();
  const deadline = firstDeadline(subscriptions, count, start);
  if (deadline < 0) return EINVAL;
  while (true) {
    // Ask the descriptors before the clock, so that a deadline in the past still tells what is ready.
    let happened = collectDescriptors(subscriptions, events, count, sleeping);
    const now = kernel.monotonic();
    if (now >= deadline) happened = collectClocks(subscriptions, events, count, happened, start, now);
    if (happened) {
      store32(result, happened);
      return 0;
    }
    const status = kernel.wait(sleeping, deadline == NEVER ? -1 : max<i64>(deadline - now + 999, 0) / 1000);
    if (status < 0 && status != Timeout && status != WouldBlock) return errnoOf(status);
  }
}

/** When the first clock runs out, in monotonic ns; NEVER without clocks; -1 if a subscription cannot be understood. */
function firstDeadline(subscription: usize, count: i32, start: i64): i64 {
  let first = NEVER;
  for (let index = 0; index < count; index++, subscription += SIZE_SUBSCRIPTION) {
    const type = load<u8>(subscription, 8);
    if (type > <u32>EVENTTYPE_FD_WRITE) return -1;
    if (type != EVENTTYPE_CLOCK) continue;
    if (load<u32>(subscription, 16) > <u32>CLOCK_THREAD_CPUTIME) return -1;
    first = min(first, deadlineOf(subscription, start));
  }
  return first;
}

/** When a clock runs out, in monotonic ns. The wall clock is assumed not to be set meanwhile. */
function deadlineOf(subscription: usize, start: i64): i64 {
  const timeout = load<u64>(subscription, 24);
  if (timeout > <u64>(NEVER >> 1)) return NEVER;
  const absolute = load<u16>(subscription, 40) & SUBSCRIPTION_CLOCK_ABSTIME;
  const base = absolute ? kernel.monotonic() - clockTime(load<u32>(subscription, 16)) : start;
  // A time before the system began has passed.
  return max<i64>(base + <i64>timeout, 0);
}

/** Write an event for each descriptor that is ready; the others will signal. The number of events. */
function collectDescriptors(subscription: usize, events: usize, count: i32, notify: i32): i32 {
  let happened = 0;
  for (let index = 0; index < count; index++, subscription += SIZE_SUBSCRIPTION) {
    const type = load<u8>(subscription, 8);
    if (type == EVENTTYPE_CLOCK) continue;
    const wanted: u32 = type == EVENTTYPE_FD_READ ? PollEvents.Readable : PollEvents.Writable;
    const open = find(load<u32>(subscription, 16));
    let errno = 0;
    let ready: u32 = 0;
    if (!open || open.kind == KIND_DIRECTORY) errno = EBADF;
    else if (open.kind == KIND_REGULAR) ready = wanted;
    else {
      const status = file_poll(open.file, wanted, notify, 1);
      if (status >= 0) ready = file_poll_ready();
      else if (status == NotSupported || status == BadMethod) ready = wanted;
      else errno = errnoOf(status);
    }
    if (!errno && !(ready & (wanted | PollEvents.HangUp | PollEvents.Error))) continue;
    const bytes = open && !errno && type == EVENTTYPE_FD_READ ? available(open) : 1;
    giveEvent(events, happened++, subscription, errno, bytes, ready & PollEvents.HangUp ? EVENT_HANGUP : 0);
  }
  return happened;
}

/** Bytes that can be read at once: known of a file, at least one of anything else. */
function available(open: Descriptor): i64 {
  if (open.kind != KIND_REGULAR || open.flags & SHARED_POSITION || file_stat(open.file, record(), ATTRIBUTES_SIZE) < 0) return 1;
  return max<i64>(<i64>Attributes.at(record()).size - open.position, 0);
}

/** Append an event for each clock that has run out. The number of events. */
function collectClocks(subscription: usize, events: usize, count: i32, happened: i32, start: i64, now: i64): i32 {
  for (let index = 0; index < count; index++, subscription += SIZE_SUBSCRIPTION) {
    if (load<u8>(subscription, 8) != EVENTTYPE_CLOCK || deadlineOf(subscription, start) > now) continue;
    giveEvent(events, happened++, subscription, 0, 0, 0);
  }
  return happened;
}

function giveEvent(events: usize, index: i32, subscription: usize, errno: i32, bytes: i64, flags: i32): void {
  const event = events + <usize>index * SIZE_EVENT;
  store64(event, load<u64>(subscription));
  store64(event + 8, <u64>errno | <u64>load<u8>(subscription, 8) << 16);
  store64(event + 16, bytes);
  store64(event + 24, flags);
}
