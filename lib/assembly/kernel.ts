// The kernel as AssemblyScript code sees it: the Worker's message registers, which are mutable globals of the kernel
// instance in this Worker, and its system calls, which are calls from Wasm to Wasm.
//
// Every system call returns a value >= 0 on success and a negated error of abi/idl/errors.ts otherwise. A call clobbers the
// registers. Nothing here allocates.

// Message words, in and out.
@external("kernel", "w0") export declare let w0: i64;
@external("kernel", "w1") export declare let w1: i64;
@external("kernel", "w2") export declare let w2: i64;
@external("kernel", "w3") export declare let w3: i64;
@external("kernel", "w4") export declare let w4: i64;
@external("kernel", "w5") export declare let w5: i64;
@external("kernel", "w6") export declare let w6: i64;
@external("kernel", "w7") export declare let w7: i64;
// Capabilities, in and out: slots of one's own table. Receiving fills in new slots, or 0 for none. A call or send copies the
// capabilities it carries; an answer MOVES them: they leave the answerer's table, also if the caller did not live to get them
// (so whoever answers with a capability that it wants to keep answers with a capCopy of it, and nothing leaks on any path). An
// answer with an error status carries none and leaves them alone.
@external("kernel", "c0") export declare let c0: i32;
@external("kernel", "c1") export declare let c1: i32;
@external("kernel", "c2") export declare let c2: i32;
@external("kernel", "c3") export declare let c3: i32;
// Ranges. Client: address and length of what it sends, and of the buffer it offers; afterwards r0n is what was delivered.
// Server: lengths of what can be fetched, and of the buffer that can be delivered to.
@external("kernel", "s0a") export declare let s0a: usize;
@external("kernel", "s0n") export declare let s0n: i32;
@external("kernel", "s1a") export declare let s1a: usize;
@external("kernel", "s1n") export declare let s1n: i32;
@external("kernel", "r0a") export declare let r0a: usize;
@external("kernel", "r0n") export declare let r0n: i32;
// Of the message received: label, badge and rights of the capability it was sent through, its shape, and the reply slot
// (0: the reply goes to the current call).
@external("kernel", "label") export declare let label: i32;
@external("kernel", "badge") export declare let badge: i32;
@external("kernel", "rights") export declare let rights: i32;
@external("kernel", "shape") export declare let shape: i32;
// A dispatch leaves the shape of its answer here: words | caps * SHAPE_CAPS. The serve loop and the inline entry read it.
@external("kernel", "answer") export declare let answer: i32;

/** Call an endpoint and wait for the answer: its status, 0 or a negated error. */
@external("kernel", "call") export declare function call(endpoint: i32, label: i32, shape: i32): i32;
/** The same, for at most `timeout` microseconds (-1: for ever). */
@external("kernel", "callTimed") export declare function callTimed(endpoint: i32, label: i32, shape: i32, timeout: i64): i32;
/** Pass the call that is being answered on: a call with its data ranges, of which `shape` must name all, in the place of ranges of one's own. What the callee fetches comes from
 *  there and what it delivers goes there, with no copy in between, and counts as delivered (r0n tells nothing). The ranges are lent for the length of the call. NOT_RELAYED, with nothing done:
 *  caller and callee are not both in this Worker, or the reply was saved; then call with ranges of your own. The server's lock may have been given up
 *  for a time all the same. To be done last, holding nothing, not even capabilities that came with the call: should the callee trap, this does not come back, and the caller gets PeerDied. */
@external("kernel", "relay") export declare function relay(endpoint: i32, label: i32, shape: i32): i32;
/** Send without an answer; waits until received, at most `timeout` microseconds (0: only if someone is receiving). */
@external("kernel", "send") export declare function send(endpoint: i32, label: i32, shape: i32, timeout: i64): i32;
/** Wait for a message, at most `timeout` microseconds (-1: for ever, 0: poll). Timeout, or WouldBlock of a poll: none came; a server has
 *  its lock all the same, as when a message came, so that its home Worker can do periodic work (see lib/assembly/ipc/serve.ts). */
@external("kernel", "receive") export declare function receive(endpoint: i32, timeout: i64): i32;
/** Answer. `reply` 0: the current call. `status` 0 or a negated error; `shape` words and capabilities. */
@external("kernel", "reply") export declare function reply(reply: i32, status: i32, shape: i32): i32;
@external("kernel", "replyAndReceive") export declare function replyAndReceive(status: i32, shape: i32, endpoint: i32): i32;
/** Keep the right to answer the current call for later: a Reply capability. The dispatch then returns DEFERRED. */
@external("kernel", "saveReply") export declare function saveReply(): i32;
/** Copy from send range `which` (0, 1) of the call to be answered by `reply` (0: current) to own memory; the bytes copied. */
@external("kernel", "fetch") export declare function fetch(reply: i32, which: i32, offset: i32, destination: usize, length: i32): i32;
/** Copy from own memory into the caller's receive range; the bytes copied. What is delivered furthest counts as the length. */
@external("kernel", "deliver") export declare function deliver(reply: i32, offset: i32, source: usize, length: i32): i32;

/** A weaker copy: rights are intersected; a badge is set only if the source has none (0), and on an endpoint only with the right
 *  Receive. For a watched copy, see capWatch. */
@external("kernel", "capMint") export declare function capMint(source: i32, rights: i32, badge: i32): i32;
@external("kernel", "capCopy") export declare function capCopy(source: i32): i32;
/** Move to slot `to` of one's own table, which must be empty. */
@external("kernel", "capMove") export declare function capMove(source: i32, to: i32): i32;
@external("kernel", "capDelete") export declare function capDelete(slot: i32): i32;
/** Delete everything derived from it, in every domain. */
@external("kernel", "capRevoke") export declare function capRevoke(slot: i32): i32;
/** Kind of object | rights << 8; w0: badge; w1: object number. */
@external("kernel", "capInfo") export declare function capInfo(slot: i32): i32;
/** When the last capability derived from this endpoint capability goes, its endpoint gets LABEL_ORPHAN with its badge. */
@external("kernel", "capWatch") export declare function capWatch(slot: i32): i32;
/** Give domain a copy in its slot `to` (-1: any); the slot. Needs Manage on the domain. An endpoint given to SLOT_SELF with the right
 *  Receive and no badge becomes the domain's own: calls to it get PeerDied once the domain has died. */
@external("kernel", "capGrant") export declare function capGrant(domain: i32, source: i32, rights: i32, badge: i32, to: i32): i32;

@external("kernel", "endpointCreate") export declare function endpointCreate(): i32;
@external("kernel", "notificationCreate") export declare function notificationCreate(): i32;
@external("kernel", "signal") export declare function signal(notification: i32, bits: i64): i32;
/** Wait until a bit is set; takes all bits into w0. */
@external("kernel", "wait") export declare function wait(notification: i32, timeout: i64): i32;
/** Signals arrive at `receive` of the endpoint as LABEL_SIGNAL. */
@external("kernel", "notificationBind") export declare function notificationBind(notification: i32, endpoint: i32): i32;

/** A Dataspace of `size` bytes (0 to 2^36); pages are absent and read as zeros until written or supplied. */
@external("kernel", "dataspaceCreate") export declare function dataspaceCreate(size: i64): i32;
/** Copy out; clipped at the size; the bytes copied. `memory` 0: own memory; 1: the program's, for an emulation library
 *  (BadArgument for all others). Marks the pages
 *  referenced. Absent pages are asked of the pager, whose error comes back if nothing was copied before (WouldDeadlock: the caller is, or
 *  is inside, the pager; TryAgain: it says that it supplies them, but they are not there); without a pager they read as zeros. */
@external("kernel", "dataspaceRead") export declare function dataspaceRead(dataspace: i32, offset: i64, memory: i32, destination: usize, length: i32): i32;
/** Copy in, within the size only; the bytes copied. Marks the pages dirty and referenced. An absent page of a Dataspace with a pager is
 *  asked of it first, also if it is overwritten whole, unless the capability has the right Manage: then it becomes a page of zeros, and
 *  the write goes there. So who is the pager itself and writes a PART of a page that others may reclaim meanwhile writes through a
 *  copy without Manage: if the page is absent that is WouldDeadlock; make it present and try again. */
@external("kernel", "dataspaceWrite") export declare function dataspaceWrite(dataspace: i32, offset: i64, memory: i32, source: usize, length: i32): i32;
/** New size; frames beyond it are freed; if it shrinks, the rest of its last page, if present, is zeroed and the page marked dirty. Needs Manage. */
@external("kernel", "dataspaceResize") export declare function dataspaceResize(dataspace: i32, size: i64): i32;
/** w0 size, w1 pages present, w2 writes so far (changes whenever the contents do), w3 wall-clock ns of the last write. */
@external("kernel", "dataspaceInfo") export declare function dataspaceInfo(dataspace: i32): i32;
/** Absent pages are asked of this endpoint (LABEL_PAGE_FAULT); it answers after dataspaceSupply'ing or
 *  dataspaceWrite'ing them. Message: LABEL_PAGE_FAULT, rights 0, `badge`; w0 the first page wanted, w1 how many the reader would like from there
 *  (at least the first must be present when it answers 0), w2 1 if that page is about to be overwritten whole. Needs Manage. */
@external("kernel", "dataspaceSetPager") export declare function dataspaceSetPager(dataspace: i32, endpoint: i32, badge: i32): i32;
/** Free the frames of pages first … first+count-1 (they become absent), whatever their marks. Needs Manage. */
@external("kernel", "dataspaceEvict") export declare function dataspaceEvict(dataspace: i32, first: i32, count: i32): i32;
/** Make absent pages present with these bytes, without the marks: what a pager has read. Pages that are present stay as they are. Whole
 *  pages: `offset` is a multiple of 4096, and so is `length`, but that the last page may end at the Dataspace's end (zeros follow); what
 *  is beyond the end is ignored. The bytes present now from `offset`; fewer than asked if frames have run out. Needs Manage. */
@external("kernel", "dataspaceSupply") export declare function dataspaceSupply(dataspace: i32, offset: i64, source: usize, length: i32): i32;
/** The marks of pages first … first+count-1 (count 1–64): bit i of w0 says that page first+i is present, of w1 that it is dirty, of w2 that
 *  it is referenced, as they were; then those in `clear` (MARK_DIRTY | MARK_REFERENCED) are cleared, each page in one step. A write that
 *  is under way marks its page again when it is done: who clears the dirty mark and then reads the page misses nothing. Needs Manage. */
@external("kernel", "dataspaceMarks") export declare function dataspaceMarks(dataspace: i32, first: i32, count: i32, clear: i32): i32;
/** The first dirty page from `first` on, or NotFound. Needs Manage. */
@external("kernel", "dataspaceNextDirty") export declare function dataspaceNextDirty(dataspace: i32, first: i32): i32;
/** Free the frames of those of pages first … first+count-1 that are not dirty: how many. Needs Manage. */
@external("kernel", "dataspaceReclaim") export declare function dataspaceReclaim(dataspace: i32, first: i32, count: i32): i32;

/** A new domain; `capQuota` capabilities, `frameQuota` frames. Its death and faults go to `faultEndpoint` with `badge`. */
@external("kernel", "domainCreate") export declare function domainCreate(capQuota: i32, frameQuota: i32, faultEndpoint: i32, badge: i32): i32;
/** Start its first thread on a program: a Dataspace with a Wasm module, or (0) the built-in image numbered `image`. */
@external("kernel", "domainStart") export declare function domainStart(domain: i32, dataspace: i32, image: i32): i32;
@external("kernel", "domainKill") export declare function domainKill(domain: i32): i32;
@external("kernel", "domainSuspend") export declare function domainSuspend(domain: i32): i32;
@external("kernel", "domainResume") export declare function domainResume(domain: i32): i32;
/** End the calling domain; does not return. */
@external("kernel", "exit") export declare function exit(status: i32): void;

/** Monotonic nanoseconds since boot. */
@external("kernel", "monotonic") export declare function monotonic(): i64;
/** Nanoseconds since 1970. */
@external("kernel", "wallClock") export declare function wallClock(): i64;
/** A line for the machine's log (debugging). */
@external("kernel", "log") export declare function log(text: usize, length: i32): i32;
