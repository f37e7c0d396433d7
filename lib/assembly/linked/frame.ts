// The call that this Worker's thread is serving. These globals, like those of the kernel's instance, exist once per Worker and so per
// thread: they say what call it is in, and nothing that outlives the call.
//
// A call from one member to another (calls.ts) is `direct`: what it sends and receives are ranges of the one memory.

/** Bit m: the thread is inside member m. Bit 31: the reply of the call from outside was saved. */
export let inside: i32 = 0;
/** The ranges of the innermost call are another member's, and these; else they are those of a call from outside, of which only the lengths are known here. */
export let direct: bool = false;
export let send0: usize = 0;
export let send0Length: i32 = 0;
export let send1: usize = 0;
export let send1Length: i32 = 0;
export let receive: usize = 0;
export let room: i32 = 0;
export let delivered: i32 = 0;

@inline export function setInside(members: i32, isDirect: bool): void { inside = members; direct = isDirect; }
@inline export function setSends(a: usize, aLength: i32, b: usize, bLength: i32): void { send0 = a; send0Length = aLength; send1 = b; send1Length = bLength; }
@inline export function setReceive(address: usize, length: i32, done: i32): void { receive = address; room = length; delivered = done; }

@inline export function setDelivered(length: i32): void { delivered = length; }

/** kernel.fetch within a direct call. */
@inline export function fetchDirect(which: i32, offset: i32, destination: usize, length: i32, badArgument: i32): i32 {
  if (<u32>which > 1 || offset < 0 || length < 0) return badArgument;
  const count = min(length, (which ? send1Length : send0Length) - offset);
  if (count <= 0) return 0;
  memory.copy(destination, (which ? send1 : send0) + <usize>offset, <usize>count);
  return count;
}

/** kernel.deliver within a direct call. */
@inline export function deliverDirect(offset: i32, source: usize, length: i32, badArgument: i32): i32 {
  if (offset < 0 || length < 0) return badArgument;
  const count = min(length, room - offset);
  if (count <= 0) return 0;
  memory.copy(receive + <usize>offset, source, <usize>count);
  delivered = max(delivered, offset + count);
  return count;
}
