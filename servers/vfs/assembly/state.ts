// The root record of the VFS. Every call to a file system drops the server's lock: what is found here before a call must be
// looked up again after it, except mounts that are pinned.

import * as limits from "../../../abi/layout/limits";
import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { NumberTable, numbersInitialize } from "../../../lib/assembly/memory/number-table";

@unmanaged export class State {
  /** List of mounts, in the order of mounting. */
  mountsNext: u32;
  mountsPrevious: u32;
  /** Directory handles: NumberTable. */
  handles0: u64;
  handles1: u64;
  handles2: u64;
  lastDevice: u64;
  mountCount: u32;
  /** The mount at `/`, or 0 before there is one. */
  rootMount: u32;
  lastMount: u32;
  /** The mount that was put into the table last. */
  mounted: u32;
  /** Dataspace that others read the mount table from; 0 before the first mount, or a negated error. */
  table: i32;
  /** Of what is in it. */
  generation: u32;
}

export const MAX_MOUNTS: u32 = limits.MAX_MOUNTS;
/** Where records of the shared table are put together: 128 bytes. */
export const SHARED_SCRATCH: usize = SERVER_STATE + 512;

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function mountList(): usize { return SERVER_STATE; }
@inline export function handles(): NumberTable { return changetype<NumberTable>(SERVER_STATE + offsetof<State>("handles0")); }

/** Empty tables; false if the memory is too small for them. */
export function initializeState(): bool {
  listInitialize(mountList());
  return numbersInitialize(handles());
}
