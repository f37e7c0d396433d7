// Where a server's own memory holds what. Several instances of the server run over this one memory (one in each Worker that
// calls it inline), so nothing may live in Wasm globals or data segments: it lives at these addresses or in the allocator.
//
//   0       reserved: the poll words of the rewriter, and null
//   1020    u32: 64 KiB pages that the memory may grow to; 0: it stays as it is. Written by who made it
//   1024    component header (component/life-cycle.ts)
//   2048    allocator: free pages (memory/page-runs.ts)
//   2128    allocator: blocks in use, bytes in use, mistakes (u32 each), then its size classes (memory/allocator.ts)
//   4096    the server's own root record, up to 12 KiB
//   16384   page map of the allocator, then its pages, up to the end of the memory
//
// The build puts the root record, and what follows, further back in most servers' modules (tools/build/assembly-modules.ts, `place`).

// Plain integers, which TypeScript tests read as well; AssemblyScript uses them as addresses from layout.ts.

export const MEMORY_LIMIT = 1020;
export const COMPONENT_HEADER = 1024;
export const ALLOCATOR_STATE = 2048;
export const ALLOCATOR_COUNTS = 2128;
export const SERVER_STATE = 4096;
export const SERVER_STATE_SIZE = 12288;
export const HEAP_START = 16384;
