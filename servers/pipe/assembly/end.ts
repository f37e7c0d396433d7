// Pipes and their two ends. An end is an open file; its capabilities are derived from its watched root, and when the last is
// gone the end is closed. The pipe goes with its second end.

import * as kernel from "../../../lib/assembly/kernel";
import { dropCap, handleMint } from "../../../lib/assembly/ipc/handle";
import { allocate, allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { listInitialize } from "../../../lib/assembly/memory/list";
import { numberAdd, numberFind, numberRemove } from "../../../lib/assembly/memory/number-table";
import { RING_SIZE, Ring } from "./ring";
import { ends, state } from "./state";

@unmanaged export class Pipe {
  // The ring comes first: a pipe's address is its ring's.
  ringBytes: usize;
  ringHead: i32;
  ringCount: i32;
  inode: u64;
  created: u64;
  /** Ends; 0 once closed. */
  reader: u32;
  writer: u32;
  @inline get ring(): Ring { return changetype<Ring>(changetype<usize>(this)); }
}

@unmanaged export class End {
  pipe: u32;
  /** FileFlags.NonBlocking or 0. */
  flags: u32;
  isWriter: bool;
  /** The watched root of its capabilities. */
  root: i32;
  number: u32;
  waiterCount: u32;
  pollerCount: u32;
  /** List of calls that wait (wait.ts). */
  waitersNext: u32;
  waitersPrevious: u32;
  /** List of notifications to signal (poll.ts). */
  pollersNext: u32;
  pollersPrevious: u32;
  @inline get owner(): Pipe { return changetype<Pipe>(<usize>this.pipe); }
  @inline get waiters(): usize { return changetype<usize>(this) + offsetof<End>("waitersNext"); }
  @inline get pollers(): usize { return changetype<usize>(this) + offsetof<End>("pollersNext"); }
}

@inline export function endFind(badge: u32): End { return changetype<End>(numberFind(ends(), badge)); }

/** An end without capabilities to give away; null if there is no memory or number for it. */
function endCreate(pipe: Pipe, isWriter: bool): End {
  const end = changetype<End>(allocate(<i32>offsetof<End>()));
  if (!changetype<usize>(end)) return end;
  listInitialize(end.waiters);
  listInitialize(end.pollers);
  end.pipe = <u32>changetype<usize>(pipe);
  end.isWriter = isWriter;
  end.number = numberAdd(ends(), changetype<usize>(end));
  end.root = end.number ? handleMint(end.number) : 0;
  if (end.root > 0) return end;
  endForget(end);
  return changetype<End>(0);
}

/** Free an end's record and number; nobody waits at it. */
export function endForget(end: End): void {
  dropCap(end.root);
  if (end.number) numberRemove(ends(), end.number);
  release(changetype<usize>(end));
}

/** A pipe with both ends, or null. */
export function pipeCreate(): Pipe {
  const pipe = changetype<Pipe>(allocate(<i32>offsetof<Pipe>()));
  if (!changetype<usize>(pipe)) return pipe;
  pipe.inode = ++state().lastInode;
  pipe.created = <u64>kernel.wallClock();
  pipe.ringBytes = allocateRaw(RING_SIZE);
  const reader = pipe.ringBytes ? endCreate(pipe, false) : changetype<End>(0);
  const writer = changetype<usize>(reader) ? endCreate(pipe, true) : changetype<End>(0);
  pipe.reader = <u32>changetype<usize>(reader);
  pipe.writer = <u32>changetype<usize>(writer);
  if (changetype<usize>(writer)) return pipe;
  if (changetype<usize>(reader)) endForget(reader);
  pipe.reader = 0;
  pipeDrop(pipe);
  return changetype<Pipe>(0);
}

/** Free a pipe whose ends are both gone. */
export function pipeDrop(pipe: Pipe): void {
  if (pipe.reader || pipe.writer) return;
  release(pipe.ringBytes);
  release(changetype<usize>(pipe));
}
