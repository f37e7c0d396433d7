// The working directory. WASI preview 1 has none: wasi-libc strips the leading `/` and hands every path to one preopened
// directory, the last of those that fit. Two ways to give a program a working directory nevertheless:
//
//   PATCHED   A program that can `chdir` keeps its working directory in a variable of libc (`__wasilibc_cwd`, at first "/")
//             and makes every path absolute with it. The variable is found in the program's code and pointed at the real
//             directory before the program asks for its preopened directories; then only "/" is preopened and all is exact.
//   OVERLAID  Other programs see the preopened "." laid over "/": a path is looked for in the working directory first, then
//             in the root. Which of the two was meant cannot be told from a WASI call. (That the byte before the path in the
//             program's memory is a `/` proves nothing: linkers keep "a" as the end of "/b/a".)
//
// What WASI programs with a libc of their own do: Go reads PWD and uses "/"; both ways leave that right.

import { DESCRIPTOR_PROGRAM, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { ATTRIBUTES_SIZE } from "../../../abi/generated/assembly/records";
import { directory_path, directory_path_path_length } from "../../../abi/generated/assembly/client/directory";
import { process_take, process_take_file } from "../../../abi/generated/assembly/client/process";
import { walking_stat } from "../../../lib/assembly/files/walking-directory";
import { copyOut, inside, load8, store32 } from "./program";
import { findWorkingDirectoryVariable } from "./program-scan";
import { mounts, process, record, secondPath } from "./region";

/** The descriptor of the preopened root, "/". */
export const ROOT_DESCRIPTOR: i32 = 3;
/** The descriptor of the preopened working directory, ".". */
export const DOT_DESCRIPTOR: i32 = 4;

/** It is the root: nothing to do. */
export const WORKING_DIRECTORY_ROOT: i32 = 1;
export const WORKING_DIRECTORY_PATCHED: i32 = 2;
export const WORKING_DIRECTORY_OVERLAID: i32 = 3;

/** Where the path goes in the program's memory. Linkers put nothing below 1024: it is unused, or (with --stack-first) the last
 *  bytes of the stack before it overflows. It is used only while it is all zeros. */
const PATH_ADDRESS: u32 = 64;
const PATH_LIMIT: i32 = 900;

/** Decide how the program learns its working directory: after its memory has its first contents, before it runs. */
export function settleWorkingDirectory(): void { process().workingDirectoryMode = decide(); }

function decide(): i32 {
  if (directory_path(process().workingDirectory, secondPath(), PATH_LIMIT) < 0) return WORKING_DIRECTORY_OVERLAID;
  const length = directory_path_path_length();
  if (length <= 1) return WORKING_DIRECTORY_ROOT;
  if (!unused(length + 1) || process_take(SLOT_SELF, DESCRIPTOR_PROGRAM) < 0) return WORKING_DIRECTORY_OVERLAID;
  const program = process_take_file();
  const variable = findWorkingDirectoryVariable(program);
  kernel.capDelete(program);
  if (!variable) return WORKING_DIRECTORY_OVERLAID;
  store<u8>(secondPath() + length, 0);
  copyOut(PATH_ADDRESS, secondPath(), length + 1);
  store32(variable, PATH_ADDRESS);
  return WORKING_DIRECTORY_PATCHED;
}

function unused(length: i32): bool {
  if (!inside(PATH_ADDRESS, length)) return false;
  for (let at: u32 = 0; at < <u32>length; at++) {
    if (load8(PATH_ADDRESS + at)) return false;
  }
  return true;
}

/** The directory that a path given for the preopened "." starts from: `here`, the working directory, or the root.
 *  @param creating the name is about to be made: the directory that it is to be made in decides, and `here` if that says nothing */
export function overlaid(here: i32, path: usize, length: i32, creating: bool): i32 {
  if (process().workingDirectoryMode != WORKING_DIRECTORY_OVERLAID || exists(here, path, length)) return here;
  if (creating) length = parentLength(path, length);
  return !length || (creating && exists(here, path, length)) || !exists(SLOT_ROOT, path, length) ? here : SLOT_ROOT;
}

function exists(directory: i32, path: usize, length: i32): bool {
  return walking_stat(mounts(), directory, false, path, length, record(), ATTRIBUTES_SIZE) >= 0;
}

/** Bytes of the path before its last component, without the final slash; 0 if it is the only one. */
function parentLength(path: usize, length: i32): i32 {
  while (length > 0 && load<u8>(path + length - 1) == 0x2f) length--;
  while (length > 0 && load<u8>(path + length - 1) != 0x2f) length--;
  while (length > 0 && load<u8>(path + length - 1) == 0x2f) length--;
  return length;
}
