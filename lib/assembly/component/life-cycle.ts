// How a server's memory starts. `init(mode)` of a server calls componentStart first:
//
//   FRESH      the memory is new (zero)
//   RESTARTED  the server died and is started again: its capabilities, and with them what its state speaks of, are gone, so
//              it starts empty as well; `incarnation` tells that it happened
//   MIGRATED   the server was moved to another placement; memory and capabilities are as they were
//
// componentStart tells whether the server has to build its state (true) or finds it (false). A migrated memory that is not
// whole is refused.

import { COMPONENT_HEADER, SERVER_STATE, SERVER_STATE_SIZE } from "../memory/layout";
import { heapIsWhole, initializeAllocator } from "../memory/allocator";

export const FRESH: i32 = 0;
export const RESTARTED: i32 = 1;
export const MIGRATED: i32 = 2;

const MAGIC: u32 = 0x47726c53;

@unmanaged export class ComponentHeader {
  magic: u32;
  /** How often the server was started on this memory. */
  incarnation: u32;
}

@inline export function componentHeader(): ComponentHeader { return changetype<ComponentHeader>(COMPONENT_HEADER); }

/** 1: build the state; 0: it is there; BROKEN: the memory is not what this server left. */
export function componentStart(mode: i32): i32 {
  const header = componentHeader();
  if (mode == MIGRATED) return header.magic == MAGIC && heapIsWhole() ? 0 : BROKEN;
  memory.fill(SERVER_STATE, 0, SERVER_STATE_SIZE);
  initializeAllocator();
  header.incarnation = header.magic == MAGIC ? header.incarnation + 1 : 1;
  header.magic = MAGIC;
  return 1;
}

export const BROKEN: i32 = -1;
