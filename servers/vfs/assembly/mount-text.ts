// The text of the mount table: a line for each mount, `source path type flags`, as /proc/mounts has it.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, NoMemory, TooLong } from "../../../abi/generated/assembly/errors";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { MAX_NAME, MAX_PATH } from "../../../abi/layout/limits";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { Text } from "../../../lib/assembly/memory/text";
import { Mount } from "./mount-table";
import { mountList } from "./state";

const SPACE: u8 = 0x20;
const READ_ONLY: u64 = 0x6f72; // "ro"
const READ_WRITE: u64 = 0x7772; // "rw"
const PROTOCOL_A: u64 = 0x6f636f746f72702c; // ",protoco"
const PROTOCOL_B: u64 = 0x3d6c; // "l="
const NO_DATA: u64 = 0x617461646f6e2c; // ",nodata"
const BIND: u64 = 0x646e69622c; // ",bind"
/** The most bytes that a line has behind the mount's own text: ` rw,protocol=2,nodata,bind\n`. */
export const SUFFIX: i32 = 28;

/** Write a mount's line up to the flags: source and type are the words of the message's second range (or one for both), the path may be of length 0 for the root. */
export function describe(mount: Mount, path: usize, pathLength: i32, sourceLength: i32): i32 {
  if (sourceLength < 1) return BadArgument;
  if (sourceLength > MAX_NAME || pathLength > MAX_PATH) return TooLong;
  const block = allocateRaw(sourceLength);
  if (!block) return NoMemory;
  const got = kernel.fetch(0, 1, 0, block, sourceLength);
  const cut = got == sourceLength ? wordsCut(block, sourceLength) : -1;
  let status = got < 0 ? got : cut < 0 ? BadArgument : 0;
  if (!status) {
    const type = cut < sourceLength ? cut + 1 : 0;
    status = lineOf(mount, block, cut, path, pathLength, block + <usize>type, sourceLength - type);
  }
  release(block);
  return status;
}

/** The line of a bind: where it comes from, where it is, and the type of what it shows. */
export function describeBind(mount: Mount, from: usize, fromLength: i32, path: usize, pathLength: i32, like: Mount): i32 {
  if (fromLength > MAX_PATH || pathLength > MAX_PATH) return TooLong;
  let type = like.textLength;
  while (type && load<u8>(<usize>like.text + <usize>type - 1) != SPACE) type--;
  return lineOf(mount, from, fromLength, path, pathLength, <usize>like.text + <usize>type, like.textLength - type);
}

function lineOf(mount: Mount, source: usize, sourceLength: i32, path: usize, pathLength: i32, type: usize, typeLength: i32): i32 {
  const limit = sourceLength * 4 + typeLength + pathLength * 4 + 3;
  const block = allocateRaw(<i32>offsetof<Text>() + limit);
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), limit);
  for (let i = 0; i < sourceLength; i++) escaped(text, load<u8>(source + <usize>i));
  text.byte(SPACE);
  if (!pathLength) text.byte(0x2f);
  for (let i = 0; i < pathLength; i++) escaped(text, load<u8>(path + <usize>i));
  text.byte(SPACE);
  text.copy(type, typeLength);
  const own = allocateRaw(text.length);
  if (own) {
    memory.copy(own, text.buffer, <usize>text.length);
    mount.text = <u32>own;
    mount.textLength = text.length;
  }
  release(block);
  return own ? 0 : NoMemory;
}

/** Blanks, control characters and backslashes in octal. */
function escaped(text: Text, byte: u8): void {
  if (byte > SPACE && byte != 0x5c) { text.byte(byte); return; }
  text.byte(0x5c);
  text.byte(0x30 + (byte >> 6));
  text.byte(0x30 + (byte >> 3 & 7));
  text.byte(0x30 + (byte & 7));
}

/** Where the first of two words ends, or the length if there is one; -1 if they are no words. */
function wordsCut(text: usize, length: i32): i32 {
  let cut = length;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(text + <usize>i);
    if (byte > SPACE) continue;
    if (byte != SPACE || cut < length || i == 0 || i == length - 1) return -1;
    cut = i;
  }
  return cut;
}

/** The end of a mount's line: blank, flags, line feed. */
export function addSuffix(text: Text, mount: Mount): void {
  text.byte(SPACE);
  text.constant(mount.readOnly ? READ_ONLY : READ_WRITE);
  text.constant(PROTOCOL_A);
  text.constant(PROTOCOL_B);
  text.byte(mount.flags & MountFlags.Forward ? 0x31 : mount.flags & MountFlags.ClientSide ? 0x33 : 0x32);
  if (mount.flags & MountFlags.NoData) text.constant(NO_DATA);
  if (mount.bound) text.constant(BIND);
  text.byte(0x0a);
}

/** Answer with the table's text from `position` on. */
export function deliverMounts(position: u64, room: i32): i32 {
  let limit = 0;
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) limit += changetype<Mount>(link).textLength + SUFFIX;
  const block = allocateRaw(<i32>offsetof<Text>() + limit);
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), limit);
  for (let link = listFirst(mountList()); link != mountList(); link = listAfter(link)) {
    const mount = changetype<Mount>(link);
    text.copy(<usize>mount.text, mount.textLength);
    addSuffix(text, mount);
  }
  if (position < <u64>text.length) kernel.deliver(0, 0, text.buffer + <usize>position, min(room, text.length - <i32>position));
  release(block);
  return 0;
}
