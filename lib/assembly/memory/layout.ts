// The addresses of addresses.ts, as addresses.

import * as at from "./addresses";

export const MEMORY_LIMIT: usize = at.MEMORY_LIMIT;
export const COMPONENT_HEADER: usize = at.COMPONENT_HEADER;
export const ALLOCATOR_STATE: usize = at.ALLOCATOR_STATE;
export const ALLOCATOR_COUNTS: usize = at.ALLOCATOR_COUNTS;
export const SERVER_STATE: usize = at.SERVER_STATE;
export const SERVER_STATE_SIZE: usize = at.SERVER_STATE_SIZE;
export const HEAP_START: usize = at.HEAP_START;
