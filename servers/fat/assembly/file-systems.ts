// The interface `fileSystems`: attaching of volumes, on the capability without a badge.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, NoMemory, NoRight } from "../../../abi/generated/assembly/errors";
import { RIGHT_MANAGE } from "../../../abi/layout/limits";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { Text } from "../../../lib/assembly/memory/text";
import { volumeAttach, writable } from "./attach";
import { answer_attach } from "./generated/file-systems-dispatch";
import { REASON_BUFFER, handleFind, HANDLE_VOLUME, state, volumeList } from "./state";
import { Volume, clusterBytes, volumeOfLink } from "./volume";

export function attach(badge: u32, flags: u32, size: u64, volume: i32, image: i32): i32 {
  const error = badge ? BadHandle : kernel.rights & RIGHT_MANAGE ? 0 : NoRight;
  if (error) {
    dropCap(volume);
    dropCap(image);
    return error;
  }
  const number = volumeAttach(flags, size, volume, image);
  if (number < 0) return number;
  const attached = changetype<Volume>(handleFind(<u32>number, HANDLE_VOLUME));
  const readOnly = writable(attached) != 0;
  const root = kernel.capCopy(attached.root);
  // Without a copy in the world there is none to end it: the root's own end does.
  if (root < 0) { kernel.capDelete(attached.root); return root; }
  answer_attach(readOnly, root);
  return 0;
}

export function reason(badge: u32, room: i32): i32 {
  if (badge) return BadHandle;
  return min(kernel.deliver(0, 0, REASON_BUFFER, min(state().reason, room)), 0);
}

/** `name=value` as a constant and a number. */
function figure(text: Text, name: u64, more: u64, value: i64): void {
  text.constant(name);
  text.constant(more);
  text.byte(0x3d);
  text.decimal(value);
  text.byte(0x20);
}

const LINE: i32 = 512;

/** The lines from byte `position` on. */
export function list(badge: u32, position: u64, room: i32): i32 {
  if (badge) return BadHandle;
  const block = allocateRaw(LINE + <i32>offsetof<Text>());
  if (!block) return NoMemory;
  const text = changetype<Text>(block);
  let before: u64 = 0;
  let given = 0;
  for (let link = listFirst(volumeList()); link != volumeList() && given < room; link = listAfter(link)) {
    const volume = volumeOfLink(link);
    text.start(block + offsetof<Text>(), LINE);
    figure(text, 0x65707974, 0, volume.type); // "type"
    figure(text, 0x72657473756c63, 0x73, volume.clusters); // "cluster" "s"
    figure(text, 0x2d72657473756c63, 0x7365747962, clusterBytes(volume)); // "cluster-" "bytes"
    figure(text, 0x65657266, 0, <i64>volume.free + volume.freedClusters); // "free"
    figure(text, 0x736e65706f, 0, volume.opens); // "opens"
    figure(text, 0x73646c6f68, 0, volume.holds); // "holds"
    figure(text, 0x7374696d6d6f63, 0, <i64>volume.commits); // "commits"
    figure(text, 0x676e69646e6570, 0, volume.slotCopies + volume.fatCopies); // "pending"
    figure(text, 0x6c6e6f2d64616572, 0x79, volume.readOnly ? 1 : 0); // "read-onl" "y"
    figure(text, 0x646567616d6164, 0, volume.damaged ? 1 : 0); // "damaged"
    figure(text, 0x7272652d7473616c, 0x726f, volume.lastError); // "last-err" "or"
    text.length--;
    text.byte(0x0a);
    const skip = position > before ? <i32>min<u64>(position - before, <u64>text.length) : 0;
    before += <u64>text.length;
    const part = min(text.length - skip, room - given);
    if (part <= 0) continue;
    if (kernel.deliver(0, given, text.buffer + <usize>skip, part) < part) break;
    given += part;
  }
  release(block);
  return 0;
}
