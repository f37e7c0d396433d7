// Paths that the program gives: fetched into own memory, checked, and the directory found that they start from.

import { EBADF, EFAULT, EINVAL, ENAMETOOLONG, ENOENT, ENOTCAPABLE, ENOTDIR } from "../layout/wasi";
import { MAX_PATH } from "../../../abi/layout/limits";
import { KIND_DIRECTORY, find } from "./descriptor-table";
import { copyIn, inside } from "./program";
import { DOT_DESCRIPTOR, overlaid } from "./working-directory";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/**
 * Fetch the path of `length` bytes at `source` in the program's memory to `buffer` (MAX_PATH bytes of own memory).
 * The capability of the directory that it starts from, or a negated errno: ENOTCAPABLE for an absolute path and for one that
 * leaves the directory by `..`, as WASI has it. The working directory is left freely: the program holds the root as well.
 * @param creating the name is about to be made; matters only where the working directory is overlaid on the root.
 */
export function resolve(descriptor: i32, source: usize, length: i32, buffer: usize, creating: bool): i32 {
  const open = find(descriptor);
  if (!open) return -EBADF;
  if (open.kind != KIND_DIRECTORY) return -ENOTDIR;
  const status = fetchPath(source, length, buffer);
  if (status < 0) return status;
  if (load<u8>(buffer) == SLASH) return -ENOTCAPABLE;
  if (descriptor == DOT_DESCRIPTOR) return overlaid(open.file, buffer, length, creating);
  return leaves(buffer, length) ? -ENOTCAPABLE : open.file;
}

/** Fetch a text that names something: 1 to MAX_PATH bytes without NUL. 0 or a negated errno. */
export function fetchPath(source: usize, length: i32, buffer: usize): i32 {
  if (!length) return -ENOENT;
  if (<u32>length > <u32>MAX_PATH) return -ENAMETOOLONG;
  if (!inside(source, length)) return -EFAULT;
  copyIn(buffer, source, length);
  for (let at: usize = 0; at < <usize>length; at++) {
    if (!load<u8>(buffer + at)) return -EINVAL;
  }
  return 0;
}

/** Whether the path, read as text, climbs above the directory it starts from. */
function leaves(path: usize, length: i32): bool {
  const end = path + length;
  let depth = 0;
  while (path < end) {
    let next = path;
    while (next < end && load<u8>(next) != SLASH) next++;
    const size = next - path;
    if (size == 2 && load<u8>(path) == DOT && load<u8>(path, 1) == DOT) {
      if (--depth < 0) return true;
    } else if (size && !(size == 1 && load<u8>(path) == DOT)) depth++;
    path = next + 1;
  }
  return false;
}
