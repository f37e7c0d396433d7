// Calls to a volume's disk: counted, and with errors that the volume's callers may see. The caller holds the volume's mutex; the server's lock is
// dropped meanwhile. A driver that died is not called again.

import { BadArgument, BadHandle, Interrupted, Io, NoSpace, PeerDied, ReadOnly } from "../../../abi/generated/assembly/errors";
import { disk_flush, disk_read, disk_read_data_length, disk_write } from "../../../abi/generated/assembly/client/disk";
import { SECTOR } from "./state";
import { Volume } from "./volume-record";

export function diskRead(volume: Volume, sector: u32, buffer: usize, length: i32): i32 {
  if (volume.failed) return Io;
  volume.diskReads++;
  const status = disk_read(volume.disk, <u64>sector * SECTOR, buffer, length);
  return outcome(volume, status >= 0 && disk_read_data_length() != length ? Io : status);
}

export function diskWrite(volume: Volume, sector: u32, buffer: usize, length: i32): i32 {
  if (volume.failed) return Io;
  volume.diskWrites++;
  return outcome(volume, disk_write(volume.disk, <u64>sector * SECTOR, buffer, length));
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
