// Requests that both interfaces have, `fileSystem` and `paths`, once their volume is entered: each names its inodes by number, and leaves the volume.

import { BadArgument, IsDirectory, NotDirectory } from "../../../abi/generated/assembly/errors";
import { setModeOf, setTimesOf } from "./attributes";
import { contentsResize } from "./contents";
import { addLink } from "./directory";
import { fetchName } from "./file-system";
import { noInode } from "./inode";
import { inodeGet } from "./inode-cache";
import { deliverEntries } from "./read-directory";
import { Volume, volumeLeave } from "./volume";

export function requestLink(v: Volume, inode: u64, directory: u64, nameLength: i32): i32 {
  let status = fetchName(0, v.nameA, nameLength);
  if (!status) {
    const to = inodeGet(v, directory);
    status = noInode(to) ? v.status : addLink(v, inodeGet(v, inode), to, v.nameA, nameLength);
  }
  return volumeLeave(v, status);
}

export function requestSetMode(v: Volume, inode: u64, mode: u32): i32 {
  const found = inodeGet(v, inode);
  return volumeLeave(v, noInode(found) ? v.status : setModeOf(v, found, mode));
}

export function requestSetTimes(v: Volume, inode: u64, which: u32, accessed: u64, modified: u64): i32 {
  const found = inodeGet(v, inode);
  return volumeLeave(v, noInode(found) ? v.status : setTimesOf(v, found, which, accessed, modified));
}

export function requestSetSize(v: Volume, inode: u64, size: u64): i32 {
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  return volumeLeave(v, found.isDirectory ? IsDirectory : found.isRegular ? contentsResize(v, found, size) : BadArgument);
}

export function requestReadDirectory(v: Volume, inode: u64, cookie: u64, room: i32): i32 {
  const found = inodeGet(v, inode);
  if (noInode(found)) return volumeLeave(v, v.status);
  return volumeLeave(v, found.isDirectory ? deliverEntries(v, found, cookie, room) : NotDirectory);
}
