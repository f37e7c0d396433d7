// How a thread tells that it may be looking at a frame, a node of a page table or a Dataspace: (1) in memory/frames.

import { T_COPYING } from "../../../abi/layout/kernel-memory";

// Plain stores: (1) waits for them to become visible. Whatever a trap left behind, odd and even come out right.
@inline export function startCopying(thread: usize): void { store<i32>(thread + T_COPYING, (load<i32>(thread + T_COPYING) + 1) | 1); }
@inline export function stopCopying(thread: usize): void { store<i32>(thread + T_COPYING, (load<i32>(thread + T_COPYING) | 1) + 1); }
