// Where a server's own memory holds what. Several instances of the server run over this one memory (one in each Worker that
// calls it inline), so nothing may live in Wasm globals or data segments: it lives at these addresses or in the allocator.
//
//   0       reserved: the poll word of the rewriter, and null
//   1024    component header (component/life-cycle.ts)
//   2048    allocator state (memory/allocator.ts)
//   4096    the server's own root record, up to 12 KiB
//   16384   page map of the allocator, then its pages, up to the end of the memory

export const COMPONENT_HEADER: usize = 1024;
export const ALLOCATOR_STATE: usize = 2048;
export const SERVER_STATE: usize = 4096;
export const SERVER_STATE_SIZE: usize = 12288;
export const HEAP_START: usize = 16384;
