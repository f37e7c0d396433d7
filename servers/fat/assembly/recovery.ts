// What a volume that was not unmounted cleanly needs before it is written again: the FATs that are kept up become equal (each of them tells the truth
// about every chain that something refers to, so any will do), and renames that were on their way are taken back (see MOVING in lib/formats/fat.ts).
// Lost clusters stay lost: fsck.fat finds them.

import { volume_flush } from "../../../abi/generated/assembly/client/volume";
import { imageRead, writeThrough } from "./sectors";
import { Volume } from "./volume";

/** 0 or a negated error; the disk is flushed. */
export function recover(volume: Volume): i32 {
  let status = mirror(volume);
  if (status >= 0) status = volume_flush(volume.cache);
  return status;
}

/** Copy the first FAT over the others where they differ. */
function mirror(volume: Volume): i32 {
  for (let copy: u32 = 1; copy < volume.fats; copy++) {
    for (let at: u32 = 0; at < volume.fatSectors; at += 32) {
      const sectors = min(32, volume.fatSectors - at);
      const length = <i32>(sectors << 9);
      const second = volume.transfer + 16384;
      let status = imageRead(volume, <u64>(volume.fatStart + at) << 9, volume.transfer, length);
      if (status >= 0) status = imageRead(volume, <u64>(volume.fatStart + copy * volume.fatSectors + at) << 9, second, length);
      if (status >= 0 && memory.compare(volume.transfer, second, length)) status = writeThrough(volume, volume.fatStart + copy * volume.fatSectors + at, volume.transfer, length);
      if (status < 0) return status;
    }
  }
  return 0;
}
