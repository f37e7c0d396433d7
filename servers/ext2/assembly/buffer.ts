// Blocks of metadata. They are read straight from the image; a block that is changed gets a private copy, which the running transaction
// keeps until it is committed, since the cache may write the image's pages at any time.
//
//   blockPeek(v, block, scratch)    its contents as they are now: the private copy, or read into `scratch`; 0 if the disk failed
//   bufferModify(v, block)          its private copy, to be changed
//   bufferNew(v, block)             the same for a block that was just allocated: zeros
//   bufferForget(v, block)          it was freed
//
// An address that is returned is good until the transaction ends; one in a scratch block until that is used again.

import { Io, NoMemory } from "../../../abi/generated/assembly/errors";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { hashFirst, hashInsert, hashNext, hashNumber, hashRemove } from "../../../lib/assembly/memory/hash-table";
import { imageRead, sayStart, volumeFail } from "./image";
import { sayOutOfMemory, sayUnreadBlock } from "./phrases";
import { Volume, buffersOf } from "./volume";

@unmanaged export class Buffer {
  hashNext: u32;
  hash: u32;
  /** Buffer, in the order of the transaction. */
  next: u32;
  previous: u32;
  block: u32;
  /** Its contents, a block. */
  bytes: u32;
  /** A block of a file: it goes to the journal only (ordered.ts). */
  ofFile: u32;

  @inline get data(): usize { return <usize>this.bytes; }
}

@inline export function bufferFind(v: Volume, block: u32): Buffer {
  for (let node = hashFirst(buffersOf(v), hashNumber(block)); node; node = hashNext(node)) {
    if (changetype<Buffer>(node).block == block) return changetype<Buffer>(node);
  }
  return changetype<Buffer>(0);
}

export function blockPeek(v: Volume, block: u32, scratch: usize): usize {
  const buffer = bufferFind(v, block);
  if (changetype<usize>(buffer)) return buffer.data;
  return imageRead(v, <u64>block << v.blockShift, scratch, <i32>v.blockSize) == 0 ? scratch : unread(v, block);
}

/** One number of a block of numbers, or -1. */
export function blockWord(v: Volume, block: u32, index: u32): i64 {
  const buffer = bufferFind(v, block);
  if (changetype<usize>(buffer)) return <i64>load<u32>(buffer.data + (<usize>index << 2));
  return imageRead(v, (<u64>block << v.blockShift) + (<u64>index << 2), wordOf(v), 4) == 0 ? <i64>load<u32>(wordOf(v)) : <i64>unread(v, block) - 1;
}

@inline function wordOf(v: Volume): usize { return changetype<usize>(v) + offsetof<Volume>("word"); }

function unread(v: Volume, block: u32): usize {
  const text = sayStart();
  if (changetype<usize>(text)) { sayUnreadBlock(text); text.decimal(block); }
  volumeFail(v, text, Io);
  return 0;
}

/** A private copy without contents, linked. */
export function bufferAdd(v: Volume, block: u32): Buffer {
  const buffer = changetype<Buffer>(allocateRaw(<i32>offsetof<Buffer>())), bytes = allocateRaw(<i32>v.blockSize);
  if (!changetype<usize>(buffer) || !bytes) {
    release(changetype<usize>(buffer));
    release(bytes);
    const text = sayStart();
    if (changetype<usize>(text)) sayOutOfMemory(text);
    volumeFail(v, text, NoMemory);
    return changetype<Buffer>(0);
  }
  buffer.block = block;
  buffer.bytes = <u32>bytes;
  buffer.ofFile = 0;
  buffer.next = 0;
  buffer.previous = v.lastBuffer;
  if (v.lastBuffer) changetype<Buffer>(<usize>v.lastBuffer).next = <u32>changetype<usize>(buffer);
  else v.firstBuffer = <u32>changetype<usize>(buffer);
  v.lastBuffer = <u32>changetype<usize>(buffer);
  v.bufferCount++;
  hashInsert(buffersOf(v), changetype<usize>(buffer), hashNumber(block));
  return buffer;
}

export function bufferModify(v: Volume, block: u32): usize {
  let buffer = bufferFind(v, block);
  if (changetype<usize>(buffer)) return buffer.data;
  buffer = bufferAdd(v, block);
  if (!changetype<usize>(buffer)) return 0;
  if (imageRead(v, <u64>block << v.blockShift, buffer.data, <i32>v.blockSize) == 0) return buffer.data;
  bufferRemove(v, buffer);
  return unread(v, block);
}

export function bufferNew(v: Volume, block: u32): usize {
  let buffer = bufferFind(v, block);
  if (!changetype<usize>(buffer)) buffer = bufferAdd(v, block);
  if (!changetype<usize>(buffer)) return 0;
  memory.fill(buffer.data, 0, <usize>v.blockSize);
  return buffer.data;
}

export function bufferForget(v: Volume, block: u32): void {
  const buffer = bufferFind(v, block);
  if (changetype<usize>(buffer)) bufferRemove(v, buffer);
}

export function bufferRemove(v: Volume, buffer: Buffer): void {
  if (buffer.next) changetype<Buffer>(<usize>buffer.next).previous = buffer.previous;
  else v.lastBuffer = buffer.previous;
  if (buffer.previous) changetype<Buffer>(<usize>buffer.previous).next = buffer.next;
  else v.firstBuffer = buffer.next;
  v.bufferCount--;
  hashRemove(buffersOf(v), changetype<usize>(buffer));
  release(buffer.data);
  release(changetype<usize>(buffer));
}
