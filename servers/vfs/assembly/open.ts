// Opening by path: the VFS finds or makes the inode. On a mount with the second protocol it passes on the file system's own capability, and reads and
// writes go past the VFS; with the first it keeps that and gives out one of its own (forward.ts), so that they go through it.

import { BadArgument, Exists, Io, IsDirectory, LinkLoop, NotDirectory, NotFound, ReadOnly, TryAgain } from "../../../abi/generated/assembly/errors";
import {
  fileSystem_create, fileSystem_create_inode, fileSystem_open, fileSystem_open_data, fileSystem_open_file, fileSystem_open_size,
} from "../../../abi/generated/assembly/client/file-system";
import { FileFlags, FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { answer_open } from "./generated/directory-dispatch";
import { forwardOpen, handleOpen } from "./handle";
import { outcome } from "./outcome";
import { Walk, walkBack, walkLast } from "./walk";

const KNOWN: u32 = 0x1ff;
const CHANGES: u32 = FileFlags.Write | FileFlags.Append | FileFlags.Truncate;
const PASSED: u32 = FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.Truncate | FileFlags.NonBlocking;
/** How often a name may vanish or appear between two calls before we give up. */
const ATTEMPTS: i32 = 16;

/** 0 if flags and mode are possible. */
export function openArgumentsError(flags: u32, mode: u32): i32 {
  if (flags & ~KNOWN || mode > 0o7777) return BadArgument;
  return flags & FileFlags.Create && flags & FileFlags.Directory ? BadArgument : 0;
}

/** Open what the walk leads to, and answer. */
export function openWalk(walk: Walk, flags: u32, mode: u32): i32 {
  const exclusive = (flags & FileFlags.Create) != 0 && (flags & FileFlags.Exclusive) != 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let created = false;
    let status = walkLast(walk, !exclusive && !(flags & FileFlags.NoFollow));
    if (status == NotFound && walk.lastMissing && flags & FileFlags.Create) {
      status = createLast(walk, mode);
      // (1) Somebody was faster: what is there now decides.
      if (status == Exists && !exclusive) { walkBack(walk); continue; }
      created = status == 0;
    } else if (!status && exclusive) {
      return Exists;
    }
    if (status < 0) return status;
    if (walk.kind == FileKind.Directory) return openDirectory(walk, flags);
    status = openFile(walk, flags, created);
    // (2) Found, but removed before it was open: then it is to be created.
    if (status != NotFound || !(flags & FileFlags.Create) || created) return status;
    walkBack(walk);
  }
  return TryAgain;
}

/** Make the file that the last component names where the walk stands. */
function createLast(walk: Walk, mode: u32): i32 {
  if (walk.directoryWanted) return IsDirectory;
  if (walk.at.readOnly) return ReadOnly;
  const status = outcome(fileSystem_create(walk.at.fileSystem, walk.inode, FileKind.Regular, mode, walk.name, walk.nameLength));
  if (status < 0) return status;
  walk.inode = fileSystem_create_inode();
  walk.kind = FileKind.Regular;
  return 0;
}

function openDirectory(walk: Walk, flags: u32): i32 {
  if (flags & (CHANGES | FileFlags.Create)) return IsDirectory;
  const handle = handleOpen(walk.at, walk.inode);
  if (handle < 0) return handle;
  answer_open(FileKind.Directory, 0, walk.inode, false, walk.at.id, handle, 0);
  return 0;
}

function openFile(walk: Walk, flags: u32, created: bool): i32 {
  if (flags & FileFlags.Directory) return NotDirectory;
  if (walk.kind == FileKind.SymbolicLink) return LinkLoop;
  if (flags & CHANGES && walk.at.readOnly) return ReadOnly;
  const passed = flags & PASSED | (created ? FileFlags.Create : 0) | (walk.at.readOnly ? FileFlags.ReadOnlyMount : 0);
  const status = outcome(fileSystem_open(walk.at.fileSystem, walk.inode, passed, walk.at.device));
  if (status < 0) return status;
  const size = fileSystem_open_size();
  let file = fileSystem_open_file();
  let data = fileSystem_open_data();
  if (file <= 0) {
    dropCap(data);
    return Io;
  }
  // Devices may keep a reader waiting, which must not be in here: they are always the client's to call.
  const forwarded = (walk.at.flags & MountFlags.Forward) != 0 && walk.kind == FileKind.Regular;
  if (forwarded || walk.at.flags & MountFlags.NoData) {
    dropCap(data);
    data = 0;
  }
  if (forwarded) {
    file = forwardOpen(file);
    if (file < 0) return file;
  }
  answer_open(walk.kind, size, walk.inode, created, walk.at.id, file, data);
  return 0;
}
