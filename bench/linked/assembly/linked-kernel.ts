// The kernel of the linked build: takes the place of lib/assembly/kernel.ts. One domain, one thread, no protection. A call is a
// function call of the tmpfs's dispatch; a Dataspace is a table of frames in the one memory; reading it is one memory.copy.
//
// It offers what the WASI library and the tmpfs use on the way of the benchmark and answers NotSupported to the rest. Slots:
// 2 the process and the tmpfs's own endpoint (told apart by the label), 3 the root directory, from 8 on what is made.

import { BadHandle, NotSupported } from "../../../abi/generated/assembly/errors";
import { INTERFACE_DIRECTORY, INTERFACE_PROCESS } from "../../../abi/generated/assembly/labels";
import { RIGHT_ALL, OBJECT_DATASPACE, OBJECT_ENDPOINT, SHAPE_RECEIVE, SHAPE_SEND, SLOT_FIRST_FREE, SLOT_SELF } from "../../../abi/layout/limits";
import { dispatch } from "../../../servers/tmpfs/assembly/main";
import * as frames from "./linked-dataspace";
import { callDirectory } from "./linked-directory";

export let w0: i64 = 0;
export let w1: i64 = 0;
export let w2: i64 = 0;
export let w3: i64 = 0;
export let w4: i64 = 0;
export let w5: i64 = 0;
export let w6: i64 = 0;
export let w7: i64 = 0;
export let c0: i32 = 0;
export let c1: i32 = 0;
export let c2: i32 = 0;
export let c3: i32 = 0;
export let s0a: usize = 0;
export let s0n: i32 = 0;
export let s1a: usize = 0;
export let s1n: i32 = 0;
export let r0a: usize = 0;
export let r0n: i32 = 0;
export let label: i32 = 0;
export let badge: i32 = 0;
export let rights: i32 = 0;
export let shape: i32 = 0;
export let answer: i32 = 0;

@external("env", "monotonic") declare function clockMonotonic(): i64;
@external("env", "wallClock") declare function clockWall(): i64;

/** Where the module keeps what no server owns: slots of 8 bytes (object kind and badge, or Dataspace), then Dataspaces. */
export let base: usize = 0;
export const SLOTS: i32 = 4096;
let nextSlot: i32 = SLOT_FIRST_FREE;

export function setBase(address: usize): void { base = address; }
@inline function slotAddress(slot: i32): usize { return base + (<usize>slot << 3); }
@inline function dataspaceOf(slot: i32): frames.Dataspace { return changetype<frames.Dataspace>(<usize>load<u32>(slotAddress(slot), 4)); }

function fill(kind: i32, value: u32): i32 {
  for (let tried = 0; tried < SLOTS; tried++) {
    const slot = nextSlot;
    nextSlot = slot + 1 < SLOTS ? slot + 1 : SLOT_FIRST_FREE;
    if (load<u32>(slotAddress(slot))) continue;
    store<u32>(slotAddress(slot), kind);
    store<u32>(slotAddress(slot), value, 4);
    return slot;
  }
  return NotSupported;
}

// The call that the tmpfs is serving.
let sent0: usize = 0;
let sent0Length: i32 = 0;
let sent1: usize = 0;
let sent1Length: i32 = 0;
let received: usize = 0;
let receivedRoom: i32 = 0;
let delivered: i32 = 0;

/** How often the tmpfs was called. */
export let calls: i32 = 0;

/** Call the tmpfs with the message in the registers. */
export function enter(method: i32, through: i32, form: i32): i32 {
  calls++;
  sent0 = s0a;
  sent0Length = form / SHAPE_SEND & 3 ? s0n : 0;
  sent1 = s1a;
  sent1Length = (form / SHAPE_SEND & 3) > 1 ? s1n : 0;
  received = r0a;
  receivedRoom = form & SHAPE_RECEIVE ? r0n : 0;
  delivered = 0;
  s0n = sent0Length;
  s1n = sent1Length;
  r0n = receivedRoom;
  label = method;
  badge = through;
  shape = form;
  answer = 0;
  const status = dispatch(method, through);
  r0n = delivered;
  return status;
}

export function call(endpoint: i32, method: i32, form: i32): i32 {
  if (method >> 8 == INTERFACE_DIRECTORY) return callDirectory(method);
  if (method >> 8 == INTERFACE_PROCESS) {
    w0 = w1 = w2 = w3 = w4 = 0;
    r0n = 0;
    return (method & 255) == 7 ? 0 : NotSupported;
  }
  return load<i32>(slotAddress(endpoint)) == OBJECT_ENDPOINT ? enter(method, load<i32>(slotAddress(endpoint), 4), form) : BadHandle;
}

export function fetch(reply: i32, which: i32, offset: i32, destination: usize, length: i32): i32 {
  const part = min(length, (which ? sent1Length : sent0Length) - offset);
  if (part > 0) memory.copy(destination, (which ? sent1 : sent0) + offset, part);
  return max(part, 0);
}

export function deliver(reply: i32, offset: i32, source: usize, length: i32): i32 {
  const part = min(length, receivedRoom - offset);
  if (part <= 0) return 0;
  memory.copy(received + offset, source, part);
  delivered = max(delivered, offset + part);
  return part;
}

export function capMint(source: i32, allowed: i32, mark: i32): i32 {
  if (source == SLOT_SELF) return fill(OBJECT_ENDPOINT, mark);
  return load<u32>(slotAddress(source)) ? fill(load<i32>(slotAddress(source)), load<u32>(slotAddress(source), 4)) : BadHandle;
}
export function capCopy(source: i32): i32 { return capMint(source, 0, 0); }
export function capDelete(slot: i32): i32 {
  // Nothing counts the references to a Dataspace: the one file of the benchmark stays.
  store<u64>(slotAddress(slot), 0);
  return 0;
}
export function capWatch(slot: i32): i32 { return 0; }

export function dataspaceCreate(size: i64): i32 {
  const made = frames.create(size);
  return made ? fill(OBJECT_DATASPACE, <u32>made) : NotSupported;
}

/** What is measured: no check of a capability, a right or a range; page, copy. */
export function dataspaceRead(slot: i32, offset: i64, selector: i32, destination: usize, length: i32): i32 {
  return frames.read(dataspaceOf(slot), offset, destination, length);
}
export function dataspaceWrite(slot: i32, offset: i64, selector: i32, source: usize, length: i32): i32 {
  return frames.write(dataspaceOf(slot), offset, source, length, clockWall());
}
export function dataspaceResize(slot: i32, size: i64): i32 { return frames.resize(dataspaceOf(slot), size, clockWall()); }
export function dataspaceInfo(slot: i32): i32 {
  const dataspace = dataspaceOf(slot);
  w0 = dataspace.size;
  w1 = dataspace.present;
  w2 = dataspace.writes;
  w3 = dataspace.written;
  return 0;
}

export function monotonic(): i64 { return clockMonotonic(); }
export function wallClock(): i64 { return clockWall(); }
export function exit(status: i32): void { unreachable(); }

export function callTimed(endpoint: i32, method: i32, form: i32, timeout: i64): i32 { return call(endpoint, method, form); }
export function send(endpoint: i32, method: i32, form: i32, timeout: i64): i32 { return NotSupported; }
export function receive(endpoint: i32, timeout: i64): i32 { return BadHandle; }
export function reply(slot: i32, status: i32, form: i32): i32 { return NotSupported; }
export function replyAndReceive(status: i32, form: i32, endpoint: i32): i32 { return BadHandle; }
export function saveReply(): i32 { return NotSupported; }
export function capMove(source: i32, to: i32): i32 { return NotSupported; }
export function capRevoke(slot: i32): i32 { return NotSupported; }
export function capInfo(slot: i32): i32 {
  const kind = load<i32>(slotAddress(slot));
  return kind ? kind | RIGHT_ALL << 8 : BadHandle;
}
export function notificationCreate(): i32 { return NotSupported; }
export function wait(notification: i32, timeout: i64): i32 { return NotSupported; }
export function log(text: usize, length: i32): i32 { return 0; }
