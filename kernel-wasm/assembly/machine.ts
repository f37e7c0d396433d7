import { T_MEMORY_PAGES } from "../../abi/layout/kernel-memory";

// What the kernel needs of the machine below it: functions of the Worker's runtime (kernel-wasm/machine).

/** Call `dispatch` of the server's instance in this Worker that is on memory number `memory`, behind a catch frame: its status, or TRAPPED. */
@external("machine", "enter") export declare function machineEnter(memory: i32, label: i32, badge: i32): i32;
/** Make sure that this Worker has an instance of the domain's image: its memory's number here, or 0 if that cannot be. */
@external("machine", "map") export declare function machineMap(domain: i32): i32;
/** Trap unless 64 KiB of stack are left; `never` is 0. (What AssemblyScript makes of a frame of that size would fill the kernel.) */
@external("machine", "probe") export declare function machineProbe(never: i32): void;
/** Leave the Worker's running code for good (throws). Called when the thread's domain is dead. */
@external("machine", "leave") export declare function machineLeave(): void;
/** Size of a memory of this Worker now, in 64 KiB pages; 0 if there is none of that number. */
@external("machine", "size") export declare function machineSize(memory: i32): i32;
/** Make page memory larger, so that it has room for `frames` frames: how many it has room for now, fewer if it cannot be had. It does not throw. */
@external("machine", "grow") export declare function machineGrow(frames: i32): i32;
/** Whole milliseconds of the system's clock, which may be set back. It does not throw, and may be called under the kernel lock. */
@external("machine", "clock") export declare function machineClock(): f64;
/** Monotonic nanoseconds since boot. */
@external("machine", "monotonic") export declare function machineMonotonic(): i64;
/** Nanoseconds since 1970. */
@external("machine", "wall") export declare function machineWall(): i64;
/** Print `length` bytes of memory number `memory` (debugging). */
@external("machine", "log") export declare function machineLog(memory: i32, address: i32, length: i32): void;

/** What machineEnter returns when the server's code trapped. */
export const TRAPPED: i32 = -1000;

// The machine fills this kernel's function table with copiers: entry COPIERS + (to << 4 | from) is
// copy(destination, source, length), which copies between two of this Worker's memories (at most 16).
export const COPIERS: i32 = 16;
export const MEMORIES: i32 = 16;

// Behind them stand the dispatch functions of the servers, by memory.
export const DISPATCHERS: i32 = COPIERS + MEMORIES * MEMORIES;

/** The same as machineEnter without a catch frame: what traps breaks off whoever called this, up to the next one. */
@inline export function enterUncaught(memory: i32, label: i32, badge: i32): i32 { return call_indirect<i32>(DISPATCHERS + memory, label, badge); }

@inline export function copyBetween(to: i32, destination: i32, from: i32, source: i32, length: i32): void {
  call_indirect<void>(COPIERS + (to << 4 | from), destination, source, length);
}

/** Whether [address, address+length) lies in a memory of this Worker. Memories never shrink, so the size last seen is a lower bound. */
@inline export function inMemory(thread: usize, memory: i32, address: i32, length: i32): bool {
  return length >= 0 && (<u64><u32>address + <u64><u32>length <= <u64>load<u32>(thread + T_MEMORY_PAGES + (<usize>memory << 2)) << 16
    || inGrownMemory(thread, memory, address, length));
}

function inGrownMemory(thread: usize, memory: i32, address: i32, length: i32): bool {
  const pages = machineSize(memory);
  store<i32>(thread + T_MEMORY_PAGES + (<usize>memory << 2), pages);
  return <u64><u32>address + <u64><u32>length <= <u64><u32>pages << 16;
}
