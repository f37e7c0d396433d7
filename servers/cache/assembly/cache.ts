// The interface `cache`: attaching disks, and dividing pages among them. Only the capability without a badge speaks it.

import * as kernel from "../../../lib/assembly/kernel";
import { BadArgument, BadHandle, Exists, Io, NoMemory, NoRight, NoSpace, NotFound, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { DISK_INFO_SIZE, DiskInfo, VOLUME_STATISTICS_SIZE } from "../../../abi/generated/assembly/records";
import { disk_info } from "../../../abi/generated/assembly/client/disk";
import { DiskFlags } from "../../../abi/generated/assembly/enums";
import { OBJECT_ENDPOINT, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../../abi/layout/limits";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { Text, textEquals } from "../../../lib/assembly/memory/text";
import { answer_attach, answer_capacity } from "./generated/cache-dispatch";
import { objectAdd, objectRemove } from "./object";
import { POLICIES, policySwitch } from "./policy";
import { shrink, shrinkAll } from "./shares";
import { LEAST_GUARANTEE, MAX_NAME, MAX_TOTAL, MAX_VOLUMES, SECTOR, TRANSFER, state, volumeList } from "./state";
import { fillStatistics } from "./statistics";
import { Volume, isNull, volumeAdd, volumeCapacity, volumeLeave } from "./volume-record";

const MAX_DISK: u64 = 1 << 36;
/** Bytes of a line of `list`: a name, 17 numbers of up to 20 digits. */
const LINE: i32 = 512;

@inline function isRoot(badge: u32): bool { return badge == 0; }

/** 0 if the caller may administer. */
function rightError(badge: u32): i32 { return !isRoot(badge) ? BadHandle : kernel.rights & RIGHT_MANAGE ? 0 : NoRight; }

export function attach(badge: u32, guaranteed: u32, limit: u32, disk: i32, nameLength: i32): i32 {
  let status = rightError(badge);
  const information = kernel.capInfo(disk);
  if (status == 0 && (information < 0 || (information & 255) != OBJECT_ENDPOINT)) status = BadArgument;
  const share = max(guaranteed, LEAST_GUARANTEE);
  if (status == 0) status = limit && limit < share ? BadArgument : shareError(share, 0);
  const name = status == 0 ? fetchName(nameLength) : 0;
  if (status == 0 && !name) status = BadArgument;
  if (status == 0) status = attachDisk(disk, share, limit, name, nameLength);
  else dropCap(disk);
  release(name);
  return status;
}

/** Whether a volume that is guaranteed `old` may be guaranteed `share`. */
function shareError(share: u32, old: u32): i32 {
  const others = state().guaranteed - old;
  return share > state().total || others > state().total - share ? NoSpace : 0;
}

/** A copy of the name that the message carries, or 0: 1 to MAX_NAME bytes, none of which is a blank or a control character. */
function fetchName(length: i32): usize {
  if (length < 1 || length > MAX_NAME) return 0;
  const name = allocateRaw(length);
  if (!name) return 0;
  let good = kernel.fetch(0, 0, 0, name, length) == length;
  for (let i = 0; i < length && good; i++) good = load<u8>(name + <usize>i) > 0x20 && load<u8>(name + <usize>i) != 0x7f;
  if (good) return name;
  release(name);
  return 0;
}

/** The volume of a name, or null. */
function findNamed(name: usize, length: i32): Volume {
  for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
    const volume = changetype<Volume>(link);
    if (!volume.ended && textEquals(volume.name, <i32>volume.nameLength, name, length)) return volume;
  }
  return changetype<Volume>(0);
}

/** Owns `disk`. */
function attachDisk(disk: i32, guaranteed: u32, limit: u32, name: usize, nameLength: i32): i32 {
  const info = allocate(DISK_INFO_SIZE);
  let status = info ? disk_info(disk, info, DISK_INFO_SIZE) : NoMemory;
  const figures = DiskInfo.at(info), size = info ? figures.size : 0, transferLimit = info ? <i32>min(figures.transferLimit, <u32>TRANSFER) & -SECTOR : 0, flags = info ? figures.flags : 0;
  const usable = status >= 0 && size > 0 && size <= MAX_DISK && size % SECTOR == 0 && figures.sectorSize == <u32>SECTOR && transferLimit > 0;
  release(info);
  if (status < 0 || !usable) {
    dropCap(disk);
    return status == NoMemory ? status : Io;
  }
  // The lock was dropped during the call.
  status = !isNull(findNamed(name, nameLength)) ? Exists : state().volumeCount >= MAX_VOLUMES ? TooManyOpen : shareError(guaranteed, 0);
  const volume = status == 0 ? volumeAdd() : changetype<Volume>(0);
  if (isNull(volume)) {
    dropCap(disk);
    return status < 0 ? status : NoMemory;
  }
  volume.disk = disk;
  volume.sectors = <u32>(size / SECTOR);
  volume.transferLimit = transferLimit;
  volume.readOnly = (flags & DiskFlags.ReadOnly) != 0;
  volume.guaranteed = guaranteed;
  volume.limit = limit;
  state().guaranteed += guaranteed;
  volume.nameLength = <u32>nameLength;
  memory.copy(volume.name, name, <usize>nameLength);
  status = handOut(volume, size, flags);
  if (status < 0) volume.ended = true;
  volumeLeave(volume);
  return status;
}

/** Make the image, and answer. */
function handOut(volume: Volume, size: u64, flags: u32): i32 {
  const image = objectAdd(volume, size, true);
  if (!changetype<usize>(image)) return <i32>kernel.w0;
  volume.image = <u32>changetype<usize>(image);
  const rights = volume.readOnly ? RIGHT_READ | RIGHT_GRANT : RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT;
  const paged = kernel.dataspaceSetPager(image.dataspace, SLOT_SELF, <i32>volume.number);
  const root = paged < 0 ? paged : handleMint(volume.number);
  volume.root = max(root, 0);
  const copy = root < 0 ? root : kernel.capCopy(root), own = copy < 0 ? copy : kernel.capMint(image.dataspace, rights, 0);
  if (own < 0) {
    dropCap(copy);
    objectRemove(image);
    return own;
  }
  answer_attach(size, flags, copy, own);
  return 0;
}

export function list(badge: u32, position: u64, room: i32): i32 {
  if (!isRoot(badge)) return BadHandle;
  const head = <i32>offsetof<Text>(), capacity = max(<i32>state().volumeCount, 1) * LINE, block = allocateRaw(head + VOLUME_STATISTICS_SIZE + capacity);
  if (!block) return NoMemory;
  const text = changetype<Text>(block), figures = block + <usize>head;
  text.start(figures + VOLUME_STATISTICS_SIZE, capacity);
  for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
    const volume = changetype<Volume>(link);
    if (volume.ended) continue;
    fillStatistics(volume, figures);
    text.copy(volume.name, <i32>volume.nameLength);
    for (let field: usize = 0; field < 15; field++) putNumber(text, <i64>load<u64>(figures + (field << 3)));
    putNumber(text, load<i32>(figures + 120));
    putNumber(text, load<u32>(figures + 124));
    text.byte(0x0a);
  }
  const from = <i32>min<u64>(position, <u64>text.length);
  const status = kernel.deliver(0, 0, text.buffer + <usize>from, min(text.length - from, room));
  release(block);
  return min(status, 0);
}

function putNumber(text: Text, value: i64): void {
  text.byte(0x20);
  text.decimal(value);
}

export function configure(badge: u32, policy: u32, pages: u32): i32 {
  const error = rightError(badge);
  if (error) return error;
  if (policy >= POLICIES || pages > MAX_TOTAL) return BadArgument;
  if (pages && pages < max(state().guaranteed, LEAST_GUARANTEE)) return NoSpace;
  if (pages) state().total = pages;
  if (policy != state().policy) {
    state().policy = policy;
    for (let link = listFirst(volumeList()); link != volumeList(); link = listAfter(link)) {
      const volume = changetype<Volume>(link);
      policySwitch(volume.policy, policy, volumeCapacity(volume));
    }
  }
  shrinkAll();
  return 0;
}

export function share(badge: u32, guaranteed: u32, limit: u32, nameLength: i32): i32 {
  const error = rightError(badge);
  if (error) return error;
  const name = fetchName(nameLength);
  if (!name) return nameLength < 1 || nameLength > MAX_NAME ? BadArgument : NotFound;
  const volume = findNamed(name, nameLength), wanted = max(guaranteed, LEAST_GUARANTEE);
  release(name);
  if (isNull(volume)) return NotFound;
  if (limit && limit < wanted) return BadArgument;
  const status = shareError(wanted, volume.guaranteed);
  if (status < 0) return status;
  state().guaranteed += wanted - volume.guaranteed;
  volume.guaranteed = wanted;
  volume.limit = limit;
  volume.users++;
  if (limit) shrink(volume, limit);
  volumeLeave(volume);
  return 0;
}

export function capacity(badge: u32): i32 {
  if (!isRoot(badge)) return BadHandle;
  answer_capacity(state().total, state().guaranteed, state().policy);
  return 0;
}
