// The root record of a tmpfs and its fixed buffers. tmpfs calls no other server, so its lock is never dropped inside a
// request, and one set of buffers serves all requests.
//
//   SERVER_STATE  State | +1024 name A | +1536 name B | +2048 attributes, status | +3072 walk of a path | +4096 link contents

import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { allocateRaw } from "../../../lib/assembly/memory/allocator";
import { HashTable, hashInitialize } from "../../../lib/assembly/memory/hash-table";
import { NumberTable, numbersInitialize } from "../../../lib/assembly/memory/number-table";

@unmanaged export class State {
  /** By number: HashTable. */
  inodes0: u64;
  inodes1: u64;
  /** Names by directory and bytes: HashTable. */
  names0: u64;
  names1: u64;
  /** Open files: NumberTable. */
  files0: u64;
  files1: u64;
  files2: u64;
  /** Numbers are never used twice. */
  lastInode: u64;
  /** Pages of all contents, as far as was seen. */
  pages: u64;
  inodeCount: u32;
  /** Inode of `/`. */
  root: u32;
  /** TRANSFER_SIZE bytes through which data and paths pass. */
  transfer: usize;
  /** Inode that a walk found last, and what the mount of who walks allows (MountFlags). */
  found: u32;
  clientFlags: u32;
  /** Of the last open: its Dataspace's capability or 0, and its size. */
  openedData: i32;
  openedSize: u64;
}

export const MAX_INODES: u32 = 131072;
/** Pages of 4 KiB in all files: 768 MiB. The domain's own frame quota may be less. */
export const MAX_PAGES: u64 = 196608;
export const MAX_LINKS: u32 = 65000;
/** A Dataspace's limit. */
export const MAX_SIZE: u64 = 1 << 36;
export const BLOCK: u32 = 4096;
export const TRANSFER_SIZE: i32 = 65536;

export const NAME_A: usize = SERVER_STATE + 1024;
export const NAME_B: usize = SERVER_STATE + 1536;
export const RECORD_BUFFER: usize = SERVER_STATE + 2048;
export const PATH_WALK: usize = SERVER_STATE + 3072;
export const LINK_BUFFER: usize = SERVER_STATE + 4096;

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function inodes(): HashTable { return changetype<HashTable>(SERVER_STATE); }
@inline export function names(): HashTable { return changetype<HashTable>(SERVER_STATE + offsetof<State>("names0")); }
@inline export function files(): NumberTable { return changetype<NumberTable>(SERVER_STATE + offsetof<State>("files0")); }

/** Empty tables; false if the memory is too small for them. */
export function initializeState(): bool {
  state().transfer = allocateRaw(TRANSFER_SIZE);
  return state().transfer != 0 && numbersInitialize(files()) && hashInitialize(inodes()) && hashInitialize(names());
}
