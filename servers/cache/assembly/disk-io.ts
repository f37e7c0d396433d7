// Calls to a volume's disk: counted, and with errors that the volume's callers may see. The caller holds the volume's mutex; the server's lock is
// dropped meanwhile. A driver that died is not called again.

import { BadArgument, BadHandle, Interrupted, Io, NoSpace, PeerDied, ReadOnly, TooLong } from "../../../abi/generated/assembly/errors";
import { disk_flush, disk_read, disk_read_data_length, disk_write } from "../../../abi/generated/assembly/client/disk";
import { RANGE_LIMIT } from "../../../abi/layout/limits";
import { SECTOR } from "./state";
import { Volume } from "./volume-record";

export function diskRead(volume: Volume, sector: u32, buffer: usize, length: i32): i32 {
  let most = volume.transferLimit, done: i32 = 0;
  while (done < length) {
    if (volume.failed) return Io;
    volume.diskReads++;
    const part = min(length - done, most), status = disk_read(volume.disk, <u64>sector * SECTOR + done, buffer + <usize>done, part);
    const short = status >= 0 && disk_read_data_length() != part;
    // A thread whose window holds the ranges of calls that it is inside of is offered less.
    if ((short || status == BadArgument) && part > RANGE_LIMIT) { most = RANGE_LIMIT; continue; }
    const result = outcome(volume, short ? Io : status);
    if (result < 0) return result;
    done += part;
  }
  return 0;
}

export function diskWrite(volume: Volume, sector: u32, buffer: usize, length: i32): i32 {
  let most = volume.transferLimit, done: i32 = 0;
  while (done < length) {
    if (volume.failed) return Io;
    volume.diskWrites++;
    const part = min(length - done, most), status = disk_write(volume.disk, <u64>sector * SECTOR + done, buffer + <usize>done, part);
    if (status == TooLong && part > RANGE_LIMIT) { most = RANGE_LIMIT; continue; }
    const result = outcome(volume, status);
    if (result < 0) return result;
    done += part;
  }
  return 0;
}

export function diskFlush(volume: Volume): i32 { return volume.failed ? Io : outcome(volume, disk_flush(volume.disk)); }

function outcome(volume: Volume, status: i32): i32 {
  if (status >= 0) return 0;
  volume.failures++;
  switch (status) {
    // The thread is to leave the server: what it did not do is done again.
    case Interrupted:
    case NoSpace:
    case ReadOnly:
    case BadArgument: return status;
    case PeerDied:
    case BadHandle: volume.failed = true;
  }
  return Io;
}
