// The mount table as others read it: a Dataspace of which they have a read-only capability (MountTableHeader draws it). A reader takes the
// generation, reads what it wants, and takes the generation again: if it was odd or has changed, what was read is worth nothing.
//
//   generation odd  →  header, entries, text  →  generation even          (written under this server's lock, in this order)
//
// If the table cannot be written (no frames are left) it names no root: readers then ask this server for everything.

import * as kernel from "../../../lib/assembly/kernel";
import { MOUNT_TABLE_HEADER_SIZE, MOUNT_TABLE_ENTRY_SIZE, MountTableEntry, MountTableHeader } from "../../../abi/generated/assembly/records";
import { MAX_NAME, MAX_PATH, MOUNT_TABLE_TEXT, RIGHT_GRANT, RIGHT_READ } from "../../../abi/layout/limits";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { Text } from "../../../lib/assembly/memory/text";
import { Mount, mountAt } from "./mount-table";
import { SUFFIX, addSuffix } from "./mount-text";
import { MAX_MOUNTS, SHARED_SCRATCH, mountList, state } from "./state";

const SIZE: i64 = <i64>MOUNT_TABLE_TEXT + <i64>MAX_MOUNTS * (MAX_PATH * 8 + MAX_NAME + 64);

/** A capability to give away, or a negated error. */
export function sharedTable(): i32 {
  if (!state().table) publishTable();
  return state().table > 0 ? kernel.capMint(state().table, RIGHT_READ | RIGHT_GRANT, 0) : state().table;
}

/** Write the table as it is now. */
export function publishTable(): void {
  if (state().table <= 0) {
    state().table = kernel.dataspaceCreate(SIZE);
    if (state().table <= 0) return;
  }
  const next = (state().generation | 1) + 1;
  let whole = writeHeader(next - 1, 0, 0, 0);
  let position: i64 = MOUNT_TABLE_HEADER_SIZE;
  let text = 0;
  for (let link = listFirst(mountList()); whole && link != mountList(); link = listAfter(link)) {
    const mount = changetype<Mount>(link);
    const length = writeLine(mount, text);
    whole = length > 0 && writeEntry(mount, position, text, length);
    text += length;
    position += MOUNT_TABLE_ENTRY_SIZE;
  }
  const root = state().rootMount;
  writeHeader(next, whole ? state().mountCount : 0, whole && root ? mountAt(root).id : 0, whole ? text : 0);
  state().generation = next;
}

/** The generation that the next publishTable will give the table. */
export function nextGeneration(): u32 { return (state().generation | 1) + 1; }

function writeHeader(generation: u32, count: u32, root: u32, textLength: u32): bool {
  const header = MountTableHeader.at(SHARED_SCRATCH);
  memory.fill(SHARED_SCRATCH, 0, MOUNT_TABLE_HEADER_SIZE);
  header.generation = generation;
  header.count = count;
  header.root = root;
  header.textLength = textLength;
  // All but the generation first, so that an even one is never seen beside older figures.
  return put(4, SHARED_SCRATCH + 4, MOUNT_TABLE_HEADER_SIZE - 4) && put(0, SHARED_SCRATCH, 4);
}

function writeEntry(mount: Mount, position: i64, textOffset: i32, textLength: i32): bool {
  const entry = MountTableEntry.at(SHARED_SCRATCH);
  memory.fill(SHARED_SCRATCH, 0, MOUNT_TABLE_ENTRY_SIZE);
  entry.id = mount.id;
  entry.parent = mount.parent ? mountAt(mount.parent).id : 0;
  entry.flags = mount.flags;
  entry.changed = mount.changed;
  entry.device = mount.device;
  entry.coveredInode = mount.coveredInode;
  entry.rootInode = mount.rootInode;
  entry.textOffset = <u32>textOffset;
  entry.textLength = <u32>textLength;
  return put(position, SHARED_SCRATCH, MOUNT_TABLE_ENTRY_SIZE);
}

/** Its bytes, or 0. */
function writeLine(mount: Mount, offset: i32): i32 {
  const suffix = changetype<Text>(SHARED_SCRATCH);
  suffix.start(SHARED_SCRATCH + offsetof<Text>(), SUFFIX);
  addSuffix(suffix, mount);
  const from = <i64>MOUNT_TABLE_TEXT + offset;
  return put(from, <usize>mount.text, mount.textLength) && put(from + mount.textLength, suffix.buffer, suffix.length) ? mount.textLength + suffix.length : 0;
}

function put(position: i64, source: usize, length: i32): bool { return kernel.dataspaceWrite(state().table, position, 0, source, length) == length; }
