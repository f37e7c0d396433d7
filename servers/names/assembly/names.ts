// The interface `names`: binds names to capabilities. A lookup that waits keeps its reply until the name is published. What is published
// for administrators is found only through a capability with Manage; that is looked at when the call comes in, never later.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, NoMemory, NoRight, NoSpace, NotFound, TooLong, TryAgain } from "../../../abi/generated/assembly/errors";
import { DEFERRED, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_RECEIVE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listAppend, listFirst, listRemove } from "../../../lib/assembly/memory/list";
import { Text } from "../../../lib/assembly/memory/text";
import { answer_lookup, reply_lookup } from "./generated/names-dispatch";
import { Entry, MAX_ENTRIES, MAX_WAITERS, NAME_LIMIT, entries, findEntry, findNamed, state, waiters } from "./state";

/** A record with the name that the message carries, or 0 if it is no name. `nameError` judges the length first. */
function fetchRecord(length: i32): usize {
  // A line feed behind the name, so that lists can be delivered from here.
  const block = allocate(<i32>offsetof<Entry>() + length + 1);
  if (!block) return 0;
  const entry = changetype<Entry>(block);
  entry.length = length;
  store<u8>(entry.text + <usize>length, 0x0a);
  if (kernel.fetch(0, 0, 0, entry.text, length) != length || !isName(entry.text, length)) {
    release(block);
    return 0;
  }
  return block;
}

/** Names are printable ASCII without blanks, so that `list` is unambiguous. */
function isName(text: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(text + <usize>i) - 0x21 > 0x5d) return false;
  return true;
}

@inline function mayManage(): bool { return (kernel.rights & RIGHT_MANAGE) != 0; }

/** Those who administer look up with Manage; publishing is for the maker of this server's endpoint alone. */
@inline function mayPublish(): bool { return (kernel.rights & (RIGHT_MANAGE | RIGHT_RECEIVE)) == (RIGHT_MANAGE | RIGHT_RECEIVE); }

@inline function nameError(length: i32): i32 { return length < 1 ? BadArgument : length > NAME_LIMIT ? TooLong : 0; }

export function lookup(badge: u32, wait: bool, nameLength: i32): i32 {
  if (nameError(nameLength)) return nameError(nameLength);
  const administrator = mayManage();
  const block = fetchRecord(nameLength);
  if (!block) return BadArgument;
  const wanted = changetype<Entry>(block);
  const found = findEntry(wanted.text, nameLength);
  const slot = found ? changetype<Entry>(found).slotFor(administrator) : 0;
  if (slot) tellWatcher(changetype<Entry>(found));
  if (slot || !wait) {
    release(block);
    if (!slot) return NotFound;
    const copy = kernel.capCopy(slot);
    if (copy < 0) return copy;
    answer_lookup(copy);
    return 0;
  }
  return enqueue(block, administrator);
}

/** Somebody has found a name: whoever watches it, or will, is told once. */
function tellWatcher(entry: Entry): void {
  entry.wanted = 1;
  if (!entry.watch) return;
  kernel.signal(entry.watch, <i64>entry.watchBits);
  dropCap(entry.watch);
  entry.watch = 0;
}

export function watch(badge: u32, bits: u64, notify: i32, nameLength: i32): i32 {
  let status = mayPublish() ? nameError(nameLength) : NoRight;
  const block: usize = status ? 0 : fetchRecord(nameLength);
  if (!status && !block) status = BadArgument;
  const found = status ? 0 : findEntry(changetype<Entry>(block).text, nameLength);
  if (!status && !found) status = NotFound;
  release(block);
  if (status) {
    dropCap(notify);
    return status;
  }
  const entry = changetype<Entry>(found);
  if (entry.watch) dropCap(entry.watch);
  entry.watch = notify;
  entry.watched = 1;
  entry.watchBits = bits;
  // It may have been found since it was published.
  if (entry.wanted) tellWatcher(entry);
  return 0;
}

export function wanted(badge: u32, room: i32): i32 {
  if (!mayPublish()) return NoRight;
  let told = 0;
  for (let link = listFirst(entries()); link != entries(); link = listAfter(link)) {
    const entry = changetype<Entry>(link);
    // What does not fit is told the next time.
    if (!entry.wanted || !entry.watched || told + entry.length + 1 > room) continue;
    entry.watched = 0;
    kernel.deliver(0, told, entry.text, entry.length + 1);
    told += entry.length + 1;
  }
  return 0;
}

/** Let the lookup wait in `block`. */
function enqueue(block: usize, administrator: bool): i32 {
  sweep();
  const reply = state().waiterCount >= MAX_WAITERS ? TryAgain : kernel.saveReply();
  if (reply < 0) {
    release(block);
    return reply;
  }
  changetype<Entry>(block).slot = reply;
  changetype<Entry>(block).administrative = <i32>administrator;
  listAppend(waiters(), block);
  state().waiterCount++;
  return DEFERRED;
}

/** Forget waiters whose callers have gone: nothing can be fetched from them. */
function sweep(): void {
  const scratch = allocateRaw(16);
  let link = listFirst(waiters());
  while (link != waiters()) {
    const next = listAfter(link);
    if (kernel.fetch(changetype<Entry>(link).slot, 0, 0, scratch, 1) < 0) {
      dropCap(changetype<Entry>(link).slot);
      removeWaiter(link);
    }
    link = next;
  }
  release(scratch);
}

function removeWaiter(link: usize): void {
  listRemove(link);
  release(link);
  state().waiterCount--;
}

export function publish(badge: u32, administrative: bool, object: i32, nameLength: i32): i32 {
  let status = mayPublish() ? nameError(nameLength) : NoRight;
  if (!status) {
    const information = kernel.capInfo(object);
    // Names gives out copies, which only a capability with Grant allows.
    if (information < 0) status = BadHandle;
    else if (!(information >> 8 & RIGHT_GRANT)) status = NoRight;
  }
  const block: usize = status ? 0 : fetchRecord(nameLength);
  if (!status && !block) status = BadArgument;
  if (!status) status = bind(block, administrative, object);
  if (status) dropCap(object);
  return status;
}

/** Put the record in `block` into the table, or its capability into the one that is there. */
function bind(block: usize, administrative: bool, object: i32): i32 {
  const made = changetype<Entry>(block);
  const old = findEntry(made.text, made.length);
  if (old) release(block);
  else if (state().entryCount >= MAX_ENTRIES) {
    release(block);
    return NoSpace;
  } else {
    listAppend(entries(), block);
    state().entryCount++;
  }
  const entry = old ? changetype<Entry>(old) : made;
  if (administrative) {
    if (entry.administrative) dropCap(entry.administrative);
    entry.administrative = object;
  } else {
    if (entry.slot) dropCap(entry.slot);
    entry.slot = object;
  }
  wake(entry);
  return 0;
}

/** Answer who waits for this name. */
function wake(entry: Entry): void {
  let link = findNamed(waiters(), listFirst(waiters()), entry.text, entry.length);
  while (link) {
    const next = findNamed(waiters(), listAfter(link), entry.text, entry.length);
    const slot = entry.slotFor(changetype<Entry>(link).administrative != 0);
    if (slot) {
      tellWatcher(entry);
      const reply = changetype<Entry>(link).slot;
      removeWaiter(link);
      const copy = kernel.capCopy(slot);
      if (copy >= 0) reply_lookup(reply, copy);
      else kernel.reply(reply, copy, 0);
    }
    link = next;
  }
}

export function remove(badge: u32, nameLength: i32): i32 {
  if (!mayPublish()) return NoRight;
  if (nameError(nameLength)) return nameError(nameLength);
  const block = fetchRecord(nameLength);
  if (!block) return BadArgument;
  const found = findEntry(changetype<Entry>(block).text, nameLength);
  release(block);
  if (!found) return NotFound;
  const entry = changetype<Entry>(found);
  if (entry.slot) dropCap(entry.slot);
  if (entry.administrative) dropCap(entry.administrative);
  if (entry.watch) dropCap(entry.watch);
  listRemove(found);
  release(found);
  state().entryCount--;
  return 0;
}

export function list(badge: u32, position: u64, room: i32): i32 {
  const administrator = mayManage();
  const limit = <i32>state().entryCount * (NAME_LIMIT + 1);
  const block = allocateRaw(<i32>offsetof<Text>() + limit);
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), limit);
  for (let link = listFirst(entries()); link != entries(); link = listAfter(link)) {
    const entry = changetype<Entry>(link);
    if (!entry.slotFor(administrator)) continue;
    text.copy(entry.text, entry.length);
    text.byte(0x0a);
  }
  if (position < <u64>text.length) kernel.deliver(0, 0, text.buffer + <usize>position, min(room, text.length - <i32>position));
  release(block);
  return 0;
}
