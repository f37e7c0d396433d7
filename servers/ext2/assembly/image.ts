// Reading and writing the disk through the cache's image, and saying what is wrong with it.
//
// Damage that is found while the volume is in use ends all writing (errors=remount-ro): volumeFail. Blocks are numbered from 0 at the
// start of the disk; whoever passes a number here has checked it against `blocks`.

import * as kernel from "../../../lib/assembly/kernel";
import { Corrupt, Io, NoMemory } from "../../../abi/generated/assembly/errors";
import { volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { Text } from "../../../lib/assembly/memory/text";
import { JS_ERROR, SB_STATE, STATE_ERROR, SUPER_OFFSET } from "../../../lib/formats/ext2";
import { storeBig } from "./endian";
import { sayIo, sayOutOfMemory } from "./phrases";
import { REASON, REASON_SIZE, state } from "./state";
import { Volume } from "./volume";

const LOG_PREFIX: u64 = 0x203a32747865; // "ext2: "
const PREFIX_LENGTH: i32 = 6;
const DAMAGED: u64 = 0x646567616d6164; // "damaged"
const LINE: i32 = 256;

/** Copy from the image: 0 or Io. */
export function imageRead(v: Volume, offset: u64, destination: usize, length: i32): i32 {
  let done = 0;
  while (done < length) {
    const got = kernel.dataspaceRead(v.image, <i64>offset + done, 0, destination + <usize>done, length - done);
    if (got <= 0) return Io;
    done += got;
  }
  return 0;
}

/** Copy to the image, which reaches the disk whenever the cache likes: 0 or Io. */
export function imageWrite(v: Volume, offset: u64, source: usize, length: i32): i32 {
  let done = 0;
  while (done < length) {
    const put = kernel.dataspaceWrite(v.image, <i64>offset + done, 0, source + <usize>done, length - done);
    if (put <= 0) return Io;
    done += put;
  }
  return 0;
}

/** A text to be filled in for sayDone; null without memory. */
export function sayStart(): Text {
  const block = allocateRaw(LINE + <i32>offsetof<Text>());
  if (!block) return changetype<Text>(0);
  const text = changetype<Text>(block);
  text.start(block + offsetof<Text>(), LINE);
  text.constant(LOG_PREFIX);
  return text;
}

/** The text goes to the log, and becomes the reason of the last attach if `attaching`. */
export function sayDone(text: Text, attaching: bool): void {
  if (!changetype<usize>(text)) return;
  kernel.log(text.buffer, text.length);
  if (attaching) {
    const length = min(text.length - PREFIX_LENGTH, REASON_SIZE);
    memory.copy(REASON, text.buffer + PREFIX_LENGTH, <usize>length);
    state().reasonLength = length;
  }
  release(changetype<usize>(text));
}

export function sayHex(text: Text, value: u32): void {
  text.byte(0x30);
  text.byte(0x78);
  let shift: i32 = value ? (31 - clz(value)) & ~3 : 0;
  for (; shift >= 0; shift -= 4) {
    const digit = <i32>(value >> shift) & 15;
    text.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
}

/** The volume is damaged, or its disk fails: nothing is written from now on, and the superblock and the journal say so. `text` as sayStart
 *  gave it, or null. Returns `status`, also kept in the volume. */
export function volumeFail(v: Volume, text: Text, status: i32): i32 {
  if (changetype<usize>(text) && text.length == PREFIX_LENGTH) {
    if (status == NoMemory) sayOutOfMemory(text);
    else if (status == Io) sayIo(text);
    else text.constant(DAMAGED);
  }
  sayDone(text, !v.badge);
  v.status = status;
  if (v.aborted) return status;
  v.aborted = 1;
  const writable = !v.readOnly;
  v.readOnly = 1;
  if (!writable) return status;
  // What is running is not committed; the image has the last committed superblock. The journal's copies of older ones may be replayed over
  // it, so the journal keeps the error as well.
  if (imageRead(v, SUPER_OFFSET, v.record, 512) == 0) {
    store<u16>(v.record, load<u16>(v.record, SB_STATE) | <u16>STATE_ERROR, SB_STATE);
    volume_writeThrough(v.volume, SUPER_OFFSET, v.record, 512);
  }
  if (v.log) {
    const at = <u64>load<u32>(v.log) << v.blockShift;
    if (imageRead(v, at, v.record, 512) == 0) {
      storeBig(v.record, status == Corrupt ? -117 : -5, JS_ERROR);
      volume_writeThrough(v.volume, at, v.record, 512);
    }
  }
  return status;
}
