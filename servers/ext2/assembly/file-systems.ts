// The interface `fileSystems`, on the capability without a badge: attaching volumes. Needs the right Manage.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, NoRight } from "../../../abi/generated/assembly/errors";
import { RIGHT_MANAGE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { Text } from "../../../lib/assembly/memory/text";
import { volumeAttach } from "./attach";
import { answer_attach } from "./generated/file-systems-dispatch";
import { REASON, state } from "./state";
import { Volume, isNull } from "./volume";

const LIST_SIZE: i32 = 32768;

export function attach(badge: u32, flags: u32, size: u64, volume: i32, image: i32): i32 {
  const error = badge ? BadHandle : kernel.rights & RIGHT_MANAGE ? 0 : NoRight;
  if (error) {
    dropCap(volume);
    dropCap(image);
    return error;
  }
  state().reasonLength = 0;
  const v = volumeAttach(flags, size, volume, image);
  if (isNull(v)) return state().refused;
  const root = kernel.capCopy(v.root);
  if (root < 0) { kernel.capDelete(v.root); v.root = 0; return root; }
  answer_attach(v.readOnly != 0, root);
  return 0;
}

export function reason(badge: u32, room: i32): i32 {
  if (badge) return BadHandle;
  return state().reasonLength ? min(kernel.deliver(0, 0, REASON, state().reasonLength), 0) : 0;
}

// Names of the figures.
const BLOCK_SIZE: u64 = 0x6b636f6c62; // "block"
const BLOCKS: u64 = 0x736b636f6c62; // "blocks"
const FREE: u64 = 0x65657266; // "free"
const INODES: u64 = 0x7365646f6e69; // "inodes"
const FREE_INODES: u64 = 0x656572666f6e69; // "inofree"
const READ_ONLY: u64 = 0x796c6e6f64616572; // "readonly"
const ABORTED: u64 = 0x64656c696166; // "failed"
const OPEN: u64 = 0x6e65706f; // "open"
const OBJECTS: u64 = 0x737463656a626f; // "objects"
const COMMITS: u64 = 0x7374696d6d6f63; // "commits"
const COMMITTED: u64 = 0x646567676f6c; // "logged"
const QUICK: u64 = 0x6b63697571; // "quick"
const DATA_LOGGED: u64 = 0x61746164; // "data"
const CHECKPOINTS: u64 = 0x736b63656863; // "checks"
const FAULTS: u64 = 0x73746c756166; // "faults"
const FILLED: u64 = 0x64656c6c6966; // "filled"
const REPLAYED: u64 = 0x646579616c706572; // "replayed"
const RUNNING: u64 = 0x676e696e6e7572; // "running"

function figure(t: Text, name: u64, value: u64): void {
  if (t.length && load<u8>(t.buffer + <usize>(t.length - 1)) != 0x0a) t.byte(0x20);
  t.constant(name);
  t.byte(0x3d);
  t.decimal(<i64>value);
}

export function list(badge: u32, position: u64, room: i32): i32 {
  if (badge) return BadHandle;
  const block = allocateRaw(LIST_SIZE);
  if (!block) return 0;
  const t = changetype<Text>(block);
  t.start(block + offsetof<Text>(), LIST_SIZE - <i32>offsetof<Text>());
  for (let at = <usize>state().volumes; at; at = <usize>changetype<Volume>(at).next) {
    const v = changetype<Volume>(at);
    figure(t, BLOCK_SIZE, v.blockSize);
    figure(t, BLOCKS, v.blocks);
    figure(t, FREE, v.freeBlocks);
    figure(t, INODES, v.inodeCount);
    figure(t, FREE_INODES, v.freeInodes);
    figure(t, READ_ONLY, v.readOnly);
    figure(t, ABORTED, v.aborted);
    figure(t, OPEN, v.opens);
    figure(t, OBJECTS, v.objects);
    figure(t, COMMITS, v.commits);
    figure(t, COMMITTED, v.commitBlocks);
    figure(t, QUICK, v.quickCommits);
    figure(t, DATA_LOGGED, v.quickBlocks);
    figure(t, CHECKPOINTS, v.checkpoints);
    figure(t, RUNNING, v.bufferCount);
    figure(t, FAULTS, v.faults);
    figure(t, FILLED, v.filled);
    figure(t, REPLAYED, v.replayed);
    t.byte(0x0a);
  }
  const length = t.length;
  const status = position < <u64>length ? kernel.deliver(0, 0, t.buffer + <usize>position, min(length - <i32>position, room)) : 0;
  release(block);
  return min(status, 0);
}
