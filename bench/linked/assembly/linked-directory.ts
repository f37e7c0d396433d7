// The root directory of the linked build: opens a file of the tmpfs's root by name, which is what the benchmark asks of a VFS.

import { NotFound, NotSupported } from "../../../abi/generated/assembly/errors";
import { FileFlags, FileKind } from "../../../abi/generated/assembly/enums";
import * as kernel from "../../../lib/assembly/kernel";
import { enter } from "../../../lib/assembly/kernel";

const DIRECTORY_OPEN: i32 = 0x2101;
const ROOT: i32 = 0x2201;
const LOOKUP: i32 = 0x2202;
const CREATE: i32 = 0x2203;
const OPEN: i32 = 0x220e;

/** A call to the root directory, its message in the registers. */
export function callDirectory(method: i32): i32 {
  if (method != DIRECTORY_OPEN) return NotSupported;
  const flags = kernel.w0, mode = kernel.w1, name = kernel.s0a, length = kernel.s0n;
  let status = enter(ROOT, 0, 0);
  if (status < 0) return status;
  const root = kernel.w0;
  status = named(LOOKUP, root, 0, 0, name, length, 129);
  const created = status == NotFound && flags & FileFlags.Create;
  if (created) status = named(CREATE, root, FileKind.Regular, mode, name, length, 131);
  if (status < 0) return status;
  const inode = kernel.w0;
  kernel.w1 = flags & (FileFlags.Read | FileFlags.Write | FileFlags.Append | FileFlags.Truncate);
  kernel.w2 = 0;
  status = enter(OPEN, 0, 3);
  if (status < 0) return status;
  kernel.w1 = kernel.w0;
  kernel.w0 = FileKind.Regular;
  kernel.w2 = inode;
  kernel.w3 = created ? 1 : 0;
  return 0;
}

function named(method: i32, directory: i64, kind: i64, mode: i64, name: usize, length: i32, form: i32): i32 {
  kernel.w0 = directory;
  kernel.w1 = kind;
  kernel.w2 = mode;
  kernel.s0a = name;
  kernel.s0n = length;
  return enter(method, 0, form);
}
