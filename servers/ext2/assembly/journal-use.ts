// Whether the disk says that the journal is in use: needs_recovery in the superblock, and s_start in the journal's own. The order in which the two
// are written is invariant X7 (docs/invariants.md): whatever is lost between them, the journal says nothing that the flag does not announce.

import { volume_flush, volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { Io } from "../../../abi/generated/assembly/errors";
import * as kernel from "../../../lib/assembly/kernel";
import { INCOMPATIBLE_RECOVER, SB_INCOMPATIBLE, SB_WRITE_TIME, SUPER_OFFSET } from "../../../lib/formats/ext2";
import { imageRead } from "./image";
import { logReset } from "./journal";
import { Volume } from "./volume";

/** Take it into use, empty: 0 or a negated error. The flag first. */
export function logOpen(v: Volume): i32 {
  let status = recoverFlag(v, true);
  if (status == 0) status = logReset(v, v.logHead);
  if (status == 0) status = volume_flush(v.volume);
  if (status == 0) v.logClosed = 0;
  return status;
}

/** All of it is in its place and stable: mark the volume as clean. 0 or a negated error; after either nothing may be committed before another logOpen.
 *  The journal first: one to be replayed without the flag would be ignored. */
export function logClose(v: Volume): i32 {
  v.logClosed = 1;
  let status = logReset(v, 0);
  if (status == 0) status = volume_flush(v.volume);
  return status == 0 ? recoverFlag(v, false) : status;
}

/** Set or clear needs_recovery on the disk, at once: 0 or a negated error. */
function recoverFlag(v: Volume, set: bool): i32 {
  if (imageRead(v, SUPER_OFFSET, v.record, 512) < 0) return Io;
  v.incompatible = set ? v.incompatible | INCOMPATIBLE_RECOVER : v.incompatible & ~INCOMPATIBLE_RECOVER;
  store<u32>(v.record, v.incompatible, SB_INCOMPATIBLE);
  store<u32>(v.record, <u32>(<u64>kernel.wallClock() / 1_000_000_000), SB_WRITE_TIME);
  const status = volume_writeThrough(v.volume, SUPER_OFFSET, v.record, 512);
  return status < 0 ? status : volume_flush(v.volume);
}
