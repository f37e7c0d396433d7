// Calls that make, move and remove names: path_create_directory, path_remove_directory, path_unlink_file, path_rename, path_link,
// path_symlink, path_readlink.

import { EFAULT, EPERM, LOOKUP_SYMLINK_FOLLOW } from "../../layout/wasi";
import { MAX_PATH } from "../../../../abi/layout/limits";
import { AccessDenied } from "../../../../abi/generated/assembly/errors";
import { directory_readLink_contents_length } from "../../../../abi/generated/assembly/client/directory";
import * as walking from "../../../../lib/assembly/files/walking-directory";
import { errnoOf } from "../generated/errno-of";
import { fetchPath, resolve } from "../path";
import { copyOut, inside, store32 } from "../program";
import { firstPath, mounts, secondPath } from "../region";

/** WASI has no permission bits: 0777 less the usual umask of 022. */
const DIRECTORY_MODE: u32 = 0o755;

export function path_create_directory(descriptor: i32, path: usize, length: i32): i32 {
  const start = resolve(descriptor, path, length, firstPath(), true);
  return start < 0 ? -start : errnoOf(walking.walking_makeDirectory(mounts(), start, DIRECTORY_MODE, firstPath(), length));
}

export function path_remove_directory(descriptor: i32, path: usize, length: i32): i32 {
  const start = resolve(descriptor, path, length, firstPath(), false);
  return start < 0 ? -start : errnoOf(walking.walking_removeDirectory(mounts(), start, firstPath(), length));
}

export function path_unlink_file(descriptor: i32, path: usize, length: i32): i32 {
  const start = resolve(descriptor, path, length, firstPath(), false);
  return start < 0 ? -start : errnoOf(walking.walking_unlink(mounts(), start, firstPath(), length));
}

export function path_rename(descriptor: i32, from: usize, fromLength: i32, target: i32, to: usize, toLength: i32): i32 {
  const start = resolve(descriptor, from, fromLength, firstPath(), false);
  if (start < 0) return -start;
  const targetStart = resolve(target, to, toLength, secondPath(), true);
  if (targetStart < 0) return -targetStart;
  return errnoOf(walking.walking_rename(mounts(), start, targetStart, firstPath(), fromLength, secondPath(), toLength));
}

export function path_link(descriptor: i32, lookup: i32, from: usize, fromLength: i32, target: i32, to: usize, toLength: i32): i32 {
  const start = resolve(descriptor, from, fromLength, firstPath(), false);
  if (start < 0) return -start;
  const targetStart = resolve(target, to, toLength, secondPath(), true);
  if (targetStart < 0) return -targetStart;
  const follow = (lookup & LOOKUP_SYMLINK_FOLLOW) != 0;
  const status = walking.walking_link(mounts(), start, follow, targetStart, firstPath(), fromLength, secondPath(), toLength);
  // What may not be linked is a directory: POSIX has a word of its own for that.
  return status == AccessDenied ? EPERM : errnoOf(status);
}

/** What the link holds is not a path yet: it may be absolute and may lead anywhere. */
export function path_symlink(contents: usize, contentsLength: i32, descriptor: i32, path: usize, length: i32): i32 {
  const start = resolve(descriptor, path, length, firstPath(), true);
  if (start < 0) return -start;
  const status = fetchPath(contents, contentsLength, secondPath());
  return status < 0 ? -status : errnoOf(walking.walking_symbolicLink(mounts(), start, secondPath(), contentsLength, firstPath(), length));
}

/** Contents longer than the buffer are cut off, as with readlink. */
export function path_readlink(descriptor: i32, path: usize, length: i32, buffer: usize, room: i32, result: usize): i32 {
  const start = resolve(descriptor, path, length, firstPath(), false);
  if (start < 0) return -start;
  if (!inside(buffer, room) || !inside(result, 4)) return EFAULT;
  const status = walking.walking_readLink(mounts(), start, firstPath(), length, secondPath(), MAX_PATH);
  if (status < 0) return errnoOf(status);
  const part = min<u32>(directory_readLink_contents_length(), <u32>room);
  copyOut(buffer, secondPath(), part);
  store32(result, part);
  return 0;
}
