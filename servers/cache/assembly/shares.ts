// Who may have how many pages. A volume may take a free page up to its limit. When none is free, pages that are borrowed (above their volume's
// guarantee) go first: from whoever has borrowed most. As the guarantees add up to no more than there is, a volume below its own always finds somebody who
// has borrowed.
//
//   const status = promise(volume, count);       room for `count` records: they are counted as the volume's from now on
//   ... pageAdd makes records out of the promise ...
//   unpromise(volume, what was not used);
//
// promise may write dirty pages of any volume and wait: hold no mutex, and look up again what you found before.

import * as kernel from "../../../lib/assembly/kernel";
import { Io, NoMemory, Timeout } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { DIRTY_SKIPS, evictClean } from "./evict";
import { MAX_TOTAL, state, volumeList } from "./state";
import { writeColdest } from "./write-coldest";
import { Volume, isNull, volumeBorrowed, volumeLeave, volumeLimit } from "./volume-record";

const ATTEMPTS: i32 = 64;
/** Microseconds from one look to the next for pages that were mapped just now and stay for a moment. */
const MOMENT: i64 = 20_000;
/** Attempts that a moment counts as when the cache shrinks. */
const MOMENTS: i32 = 8;
const NO_VOLUME: usize = 0;

export function promise(volume: Volume, count: u32): i32 {
  for (let given: u32 = 0; given < count; given++) {
    const status = promiseOne(volume);
    if (status < 0) {
      unpromise(volume, given);
      return status;
    }
  }
  return 0;
}

/** As many of `count` as are free, or clean somewhere: it does not wait. How many. */
export function promiseClean(volume: Volume, count: u32): u32 {
  let given: u32 = 0;
  while (given < count && !volume.ended) {
    if (volume.pages < volumeLimit(volume) && state().used < state().total) {
      volume.pages++;
      state().used++;
      given++;
    } else if (!takeClean(volume, DIRTY_SKIPS)) break;
  }
  return given;
}

export function unpromise(volume: Volume, count: u32): void {
  volume.pages -= count;
  state().used -= count;
}

function promiseOne(volume: Volume): i32 {
  // Each page that is given up is one less; what counts is how often others were waited for.
  for (let attempt = 0; attempt < ATTEMPTS;) {
    if (volume.ended) return Io;
    const seen = state().mappedSeen;
    if (volume.pages < volumeLimit(volume) && state().used < state().total) {
      volume.pages++;
      state().used++;
      return 0;
    }
    if (takeClean(volume, DIRTY_SKIPS)) continue;
    if (!writeSome(volume)) {
      // Nothing can be written: a clean page may still be behind the dirty ones, or, though it has not all it is guaranteed, its own.
      if (takeClean(volume, MAX_TOTAL) || evictClean(volume, MAX_TOTAL)) continue;
      if (!passMoment(seen)) return NoMemory;
    }
    attempt++;
  }
  return NoMemory;
}

/** Let a moment pass, if since `seen` the search has met pages that can go after it; false if that is of no use. The server's lock is dropped. */
function passMoment(seen: u32): bool {
  const slot = state().mappedSeen == seen ? 0 : kernel.notificationCreate();
  if (slot <= 0) return false;
  const status = kernel.wait(slot, MOMENT);
  dropCap(slot);
  return status == Timeout;
}

/** Give up a clean page for `volume`. */
function takeClean(volume: Volume, skips: u32): bool {
  const search = ++state().search;
  for (let from = richest(volume, search); !isNull(from); from = richest(volume, search)) if (evictClean(from, skips)) return true;
  return false;
}

/** Write dirty pages of somebody who would give one up for `volume`; whether anything is better now. */
function writeSome(volume: Volume): bool {
  const search = ++state().search;
  for (let from = richest(volume, search); !isNull(from); from = richest(volume, search)) if (writeCold(from)) return true;
  return false;
}

function writeCold(volume: Volume): bool {
  volume.users++;
  let better = false;
  if (mutexAcquire(volume.mutex) == 0) {
    better = writeColdest(volume) > 0 || evictClean(volume, MAX_TOTAL);
    mutexRelease(volume.mutex);
  }
  volumeLeave(volume);
  return better;
}

/** Who gives up a page next, of those not yet tried in this search: null if nobody is left. */
function richest(wanting: Volume, search: u32): Volume {
  let best = changetype<Volume>(NO_VOLUME), most: u32 = 0;
  for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
    const volume = changetype<Volume>(link);
    if (volume.tried == search) continue;
    const rank = rankOf(volume, wanting);
    if (rank > most) {
      most = rank;
      best = volume;
    }
  }
  if (!isNull(best)) best.tried = search;
  return best;
}

/** 0: need not give; else who has the highest rank gives first. */
function rankOf(volume: Volume, wanting: Volume): u32 {
  if (changetype<usize>(volume) == changetype<usize>(wanting)) return volume.pages < volume.guaranteed ? 0 : volumeBorrowed(volume) + 2;
  // At its limit, a volume has only its own to give.
  if (wanting.pages >= volumeLimit(wanting)) return 0;
  const borrowed = volumeBorrowed(volume);
  if (wanting.pages >= wanting.guaranteed && borrowed <= volumeBorrowed(wanting)) return 0;
  return borrowed ? borrowed + 2 : 0;
}

/** Give up pages until the volume has at most `most`, and all together at most the total; what cannot be written stays. */
export function shrink(volume: Volume, most: u32): void {
  for (let attempt = 0; volume.pages > most && attempt < ATTEMPTS;) {
    const seen = state().mappedSeen;
    if (evictClean(volume, DIRTY_SKIPS) || writeCold(volume)) continue;
    attempt += passMoment(seen) ? MOMENTS : 1;
  }
}

export function shrinkAll(): void {
  for (let attempt = 0; state().used > state().total && attempt < ATTEMPTS; attempt++) {
    let most = changetype<Volume>(NO_VOLUME);
    for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
      const volume = changetype<Volume>(link);
      if (isNull(most) || volumeBorrowed(volume) > volumeBorrowed(most)) most = volume;
    }
    if (isNull(most)) return;
    const over = state().used - state().total;
    most.users++;
    shrink(most, most.pages > over ? most.pages - over : 0);
    volumeLeave(most);
  }
}
