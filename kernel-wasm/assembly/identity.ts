// Who this Worker is: the only mutable state of a kernel instance besides the message registers. Everything else lives in
// kernel memory (a check over the built image enforces it).

/** Address of this Worker's thread control block. */
export let me: usize = 0;
/** Number of this Worker's thread, plus 1: how it signs locks. */
export let mark: i32 = 0;
/** The domain whose code runs now: the home domain, or an inline server's. */
export let current: usize = 0;
/** The memory of that code, as this Worker numbers memories (0: page memory). */
export let currentMemory: i32 = 0;
/** The domain that this Worker runs, and its memory: `current` and `currentMemory` while no inline server's code runs. */
export let homeDomain: usize = 0;
export let homeMemory: i32 = 0;
/** A slot of the home domain that holds an endpoint, and the address of its capability: see syscall/call. -1: none yet. */
export let lastSlot: i32 = -1;
export let lastCap: usize = 0;
/** The memory of the program beside an emulation library; 0 if there is none. */
export let programMemory: i32 = 0;
/** Bytes at the start of the window that an outer call still needs. */
export let windowBase: i32 = 0;

// Of the call an inline server is answering: the caller's domain, memory and ranges. 0 in `callerDomain`: none.
export let callerDomain: usize = 0;
export let callerMemory: i32 = 0;
export let callerSend0: i32 = 0;
export let callerSend0Length: i32 = 0;
export let callerSend1: i32 = 0;
export let callerSend1Length: i32 = 0;
export let callerReceive: i32 = 0;
export let callerRoom: i32 = 0;
export let callerDelivered: i32 = 0;
/** Serial of the Reply made by saveReply during this inline call; 0: none. */
export let callerSaved: i32 = 0;

export function become(thread: usize, number: i32): void { me = thread; mark = number + 1; }
export function setHome(domain: usize, memory: i32): void { homeDomain = domain; homeMemory = memory; lastSlot = -1; }
export function setLast(slot: i32, cap: usize): void { lastSlot = slot; lastCap = cap; }
export function enter(domain: usize, memory: i32): void { current = domain; currentMemory = memory; }
export function setProgramMemory(memory: i32): void { programMemory = memory; }
export function setWindowBase(base: i32): void { windowBase = base; }
/** The caller's ranges are to be set as well, unless it has none: their lengths are 0 whenever no call with ranges is answered. What else
 *  is said of the caller means something only while there is one. */
export function setCaller(domain: usize, memory: i32): void { callerDomain = domain; callerMemory = memory; callerDelivered = 0; callerSaved = 0; }
export function setCallerDomain(domain: usize): void { callerDomain = domain; }
export function setCallerLengths(s0n: i32, s1n: i32, room: i32): void { callerSend0Length = s0n; callerSend1Length = s1n; callerRoom = room; }
export function setCallerRanges(s0: i32, s0n: i32, s1: i32, s1n: i32, r: i32, room: i32): void {
  callerSend0 = s0; callerSend0Length = s0n; callerSend1 = s1; callerSend1Length = s1n; callerReceive = r; callerRoom = room;
}
export function setDelivered(length: i32): void { callerDelivered = length; }
export function setSaved(serial: i32): void { callerSaved = serial; }
export function restoreDelivery(delivered: i32, saved: i32): void { callerDelivered = delivered; callerSaved = saved; }
/** Whether this thread holds the server lock of `current`. */
export let holding: bool = false;
export function setHolding(value: bool): void { holding = value; }
