// The end of a volume: what is dirty is written and flushed, then its pages, its objects and its disk go.

import { listFirst } from "../../../lib/assembly/memory/list";
import { log } from "../../../lib/assembly/component/log";
import { mutexAcquire, mutexRelease } from "../../../lib/assembly/sync/mutex";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { diskFlush } from "./disk-io";
import { CacheObject, objectRemove } from "./object";
import { Volume, isNull, objectList, volumeEnter, volumeLeave } from "./volume-record";
import { writeBackAll } from "./write-back";

const TAG: u64 = 0x6568636163; // "cache"
const LOST: u64 = 0x74736f6c; // "lost"

/** Its last capability is gone: it ends even if it cannot be written. */
export function volumeOrphaned(badge: u32): void {
  const volume = volumeEnter(badge);
  if (isNull(volume)) return;
  volumeAbandon(volume);
  volumeLeave(volume);
}

/** End it now, whatever happens: what cannot be written is lost. The caller has entered it. */
export function volumeAbandon(volume: Volume): void {
  // Whoever is at work in it finishes first.
  if (mutexAcquire(volume.mutex) < 0) return;
  if (!volume.ended) {
    const status = stabilise(volume);
    if (status < 0) log(TAG, LOST, <i64>volume.number, status);
    release(volume);
  }
  mutexRelease(volume.mutex);
}

/** End it now, unless it cannot be written: 0, or a negated error. The caller has entered it. */
export function volumeDetach(volume: Volume): i32 {
  let status = mutexAcquire(volume.mutex);
  if (status < 0) return status;
  status = volume.ended ? 0 : stabilise(volume);
  if (status == 0) release(volume);
  mutexRelease(volume.mutex);
  return status;
}

function stabilise(volume: Volume): i32 {
  const status = writeBackAll(volume);
  const flushed = volume.readOnly ? 0 : diskFlush(volume);
  return status < 0 ? status : flushed;
}

/** Everything goes but the record. */
function release(volume: Volume): void {
  volume.ended = true;
  while (listFirst(objectList(volume)) != objectList(volume)) objectRemove(changetype<CacheObject>(listFirst(objectList(volume))));
  dropCap(volume.disk);
  volume.disk = 0;
}
