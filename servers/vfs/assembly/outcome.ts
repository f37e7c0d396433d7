// What a file system's error means to the client of the VFS. Errors about names pass; errors about the call between the two
// servers are the VFS's business, and a file system that has died is a device that failed. (Who is in a call that was passed on when the file system traps
// hears PeerDied: nothing here runs then.)

import { BadHandle, BadMessage, BadMethod, Io, NotSupported, PeerDied } from "../../../abi/generated/assembly/errors";

export function outcome(status: i32): i32 {
  switch (status) {
    case BadMethod: return NotSupported;
    case BadMessage:
    case BadHandle:
    case PeerDied: return Io;
  }
  return min(status, 0);
}
