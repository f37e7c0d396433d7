// The end of an attached volume.

import { volume_abandon, volume_detach, volume_flush, volume_writeBack } from "../../../abi/generated/assembly/client/volume";
import { Io, NoSpace } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { numberRemove } from "../../../lib/assembly/memory/number-table";
import { Buffer, bufferRemove } from "./buffer";
import { inodesFree } from "./inode-cache";
import { logClose } from "./journal-use";
import { orphansForget } from "./orphan";
import { numbers } from "./state";
import { checkpoint, commit, logReopen } from "./transaction";
import { Volume, volumeFree, volumeUnlink } from "./volume";

/** Write all of it, mark it clean, and stop serving it: 0, or an error, and then it goes on. The mutex is held. */
export function volumeDetach(v: Volume): i32 {
  let status = 0;
  if (!v.readOnly) {
    status = commit(v);
    if (status == 0) status = checkpoint(v);
    if (status < 0) return status;
    status = logClose(v);
  } else if (v.aborted) {
    const rest = writeRest(v);
    if (rest == Io || rest == NoSpace) return rest;
  }
  // The disk is closed when this returns, so that it can be opened again at once. Inodes and their objects are there until then: it may go on.
  if (status == 0) {
    status = volume_detach(v.volume);
    // Without the cache there is nothing left to write.
    if (status != Io && status != NoSpace) status = 0;
  }
  if (status < 0) {
    // Nothing may be committed on a volume that is marked as clean.
    const reopened = logReopen(v);
    return reopened < 0 ? reopened : status;
  }
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
  orphansForget(v);
  inodesFree(v);
  volume_abandon(v.volume);
  volumeClose(v);
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
