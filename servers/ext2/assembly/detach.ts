// The end of an attached volume.

import { volume_abandon, volume_detach, volume_flush, volume_writeBack, volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { Io, NoSpace } from "../../../abi/generated/assembly/errors";
import * as kernel from "../../../lib/assembly/kernel";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { numberRemove } from "../../../lib/assembly/memory/number-table";
import { INCOMPATIBLE_RECOVER, SB_INCOMPATIBLE, SB_WRITE_TIME, SUPER_OFFSET } from "../../../lib/formats/ext2";
import { Buffer, bufferRemove } from "./buffer";
import { imageRead } from "./image";
import { inodesFree } from "./inode-cache";
import { logReset } from "./journal";
import { orphansForget } from "./orphan";
import { numbers } from "./state";
import { checkpoint, commit } from "./transaction";
import { Volume, volumeFree, volumeUnlink } from "./volume";

/** Write all of it, mark it clean, and stop serving it: 0, or an error, and then it goes on. The mutex is held. */
export function volumeDetach(v: Volume): i32 {
  if (!v.readOnly) {
    let status = commit(v);
    if (status == 0) status = checkpoint(v);
    if (status == 0) status = markClean(v);
    if (status < 0) return status;
  } else if (v.aborted) {
    const status = writeRest(v);
    if (status == Io || status == NoSpace) return status;
  }
  inodesFree(v);
  // The disk is closed when this returns, so that it can be opened again at once.
  const status = volume_detach(v.volume);
  // Without the cache there is nothing left to write.
  if (status == Io || status == NoSpace) return status;
  volumeClose(v);
  return 0;
}

/** What a volume that has failed still has: 0, or an error if some of it will be in no commit, or is not on the disk. */
function writeRest(v: Volume): i32 {
  if (v.bufferCount || v.revokedCount) return Io;
  const status = volume_writeBack(v.volume, 0);
  return status == 0 ? volume_flush(v.volume) : status;
}

/** Stop serving it although it cannot be written: what is in no commit, and file data that the disk does not take, is lost. The mutex is held. */
export function volumeGiveUp(v: Volume): void {
  inodesFree(v);
  volume_abandon(v.volume);
  volumeClose(v);
}

/** The journal first: a journal to be replayed without the flag would be ignored. */
function markClean(v: Volume): i32 {
  let status = logReset(v, 0);
  if (status == 0) status = volume_flush(v.volume);
  if (status == 0) status = recoverFlag(v, false);
  return status;
}

/** Set or clear needs_recovery on the disk, at once: 0 or a negated error. */
export function recoverFlag(v: Volume, set: bool): i32 {
  if (imageRead(v, SUPER_OFFSET, v.record, 512) < 0) return Io;
  v.incompatible = set ? v.incompatible | INCOMPATIBLE_RECOVER : v.incompatible & ~INCOMPATIBLE_RECOVER;
  store<u32>(v.record, v.incompatible, SB_INCOMPATIBLE);
  store<u32>(v.record, <u32>(<u64>kernel.wallClock() / 1_000_000_000), SB_WRITE_TIME);
  const status = volume_writeThrough(v.volume, SUPER_OFFSET, v.record, 512);
  return status < 0 ? status : volume_flush(v.volume);
}

/** Nothing is served from now on; what was not written is lost. The record goes with the last request that waits for it. */
export function volumeClose(v: Volume): void {
  v.gone = 1;
  orphansForget(v);
  inodesFree(v);
  while (v.firstBuffer) bufferRemove(v, changetype<Buffer>(<usize>v.firstBuffer));
  volumeUnlink(v);
  if (v.badge) numberRemove(numbers(), v.badge);
  dropCap(v.root);
  dropCap(v.image);
  dropCap(v.volume);
  v.root = 0;
  v.image = 0;
  v.volume = 0;
}

/** A volume that was never served. */
export function volumeDiscard(v: Volume): void {
  volumeClose(v);
  volumeFree(v);
}

/** The last capability to the file system has gone without a detach: the volume ends with its last open file, or now. The mutex is held. */
export function volumeAbandon(v: Volume): void {
  v.abandoned = 1;
  endIfAbandoned(v);
}

export function endIfAbandoned(v: Volume): void {
  if (!v.abandoned || v.opens || v.gone) return;
  if (volumeDetach(v) < 0) volumeGiveUp(v);
}
