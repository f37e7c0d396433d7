// Frames: the 4 KiB pages of page memory. Readers of Dataspaces take no lock, so what they may be looking at (a freed frame, a node
// of a page table, a Dataspace itself) is not used again before every thread that might still be at it has finished (I10):
//
//   free --take--> in use --retire--> FILL part of limbo --close--> CLOSED part --grace--> free
//
// (1) A copier makes T_COPYING odd, then looks up the capability, reads the page entry, copies, and makes it even. (2) What it
// came by is cleared before it is retired: the capability before the Dataspace and its nodes, the entry before the frame. A
// round closes with the time noted; after 2 ms the stores of (1) that came before the clearing are visible everywhere, and
// T_COPYING of each thread is noted; once each noted one was even or has changed, no copier can still hold anything of the
// round. Kernel lock held throughout.
//
// An entry of limbo is a frame number, or the address of a node or a Dataspace (both lie above all frame numbers).

import {
  FRAME_FREE_LIST, LIMBO, MAX_FRAMES, H_FRAMES_FREE, H_FRAMES_FRESH, H_FRAMES_HELD, H_FRAME_LIMIT, FRAMES_GAP, FRAMES_GAP_END, H_COUNT_FRAMES, H_LIMBO_CLOSED, H_LIMBO_FILL,
  H_LIMBO_PHASE, H_LIMBO_TIME, THREADS, THREAD_SIZE, T_COPYING, T_COPYING_SEEN, T_STATE, FRAMES_BASE, THREAD_NONE, NODES, H_FREE_NODE,
  H_FREE_DATASPACE, S_NEXT_FREE,
} from "../../../abi/layout/kernel-memory";
import { MAX_THREADS, FRAME_SIZE } from "../../../abi/layout/limits";
import { machineClock, machineGrow, copyBetween } from "../machine";
import { bump, giveToPool } from "../object/pool";

/** Milliseconds, of which the first may have been almost over. */
const GRACE: f64 = 3;
const PHASE_IDLE: i32 = 0;
const PHASE_GRACE: i32 = 1;
const PHASE_LEAVING: i32 = 2;

/** `frame` may have marks in its upper bits (object/page-marks): the product loses them. */
@inline export function frameAddress(frame: u32): i32 { return <i32>(FRAMES_BASE + frame * FRAME_SIZE); }

/** Move the limbo along as far as it goes now. */
export function advanceLimbo(): void {
  const phase = load<i32>(H_LIMBO_PHASE);
  if (phase == PHASE_IDLE) {
    if (load<i32>(H_LIMBO_FILL) == 0) return;
    store<i32>(H_LIMBO_CLOSED, load<i32>(H_LIMBO_FILL));
    store<f64>(H_LIMBO_TIME, machineClock());
    store<i32>(H_LIMBO_PHASE, PHASE_GRACE);
    return;
  }
  if (phase == PHASE_GRACE) {
    const now = machineClock(), passed = now - load<f64>(H_LIMBO_TIME);
    // Set back meanwhile: from the beginning.
    if (passed < 0) store<f64>(H_LIMBO_TIME, now);
    if (passed < GRACE) return;
    for (let i = 0; i < MAX_THREADS; i++) {
      const thread = THREADS + <usize>i * THREAD_SIZE;
      store<i32>(thread + T_COPYING_SEEN, atomic.load<i32>(thread + T_COPYING));
    }
    store<i32>(H_LIMBO_PHASE, PHASE_LEAVING);
  }
  for (let i = 0; i < MAX_THREADS; i++) {
    const thread = THREADS + <usize>i * THREAD_SIZE;
    const seen = load<i32>(thread + T_COPYING_SEEN);
    if ((seen & 1) && atomic.load<i32>(thread + T_COPYING) == seen && load<i32>(thread + T_STATE) != THREAD_NONE) return;
  }
  const closed = load<i32>(H_LIMBO_CLOSED), rest = load<i32>(H_LIMBO_FILL) - closed;
  let free = load<i32>(H_FRAMES_FREE);
  // Backwards onto the stack of free frames, so that they are taken in the order in which they were given back: pages of a file that
  // follow one another then do so in page memory as well, which is what processors fetch ahead.
  for (let i = closed - 1; i >= 0; i--) {
    const entry = load<u32>(LIMBO + (<usize>i << 2));
    if (entry < <u32>MAX_FRAMES) { store<u32>(FRAME_FREE_LIST + (<usize>free << 2), entry); free++; }
    else if (entry >= <u32>NODES) giveToPool(H_FREE_NODE, <usize>entry, 0);
    else giveToPool(H_FREE_DATASPACE, <usize>entry, S_NEXT_FREE);
  }
  memory.copy(LIMBO, LIMBO + (<usize>closed << 2), <usize>rest << 2);
  store<i32>(H_FRAMES_FREE, free);
  store<i32>(H_LIMBO_FILL, rest);
  store<i32>(H_LIMBO_CLOSED, 0);
  store<i32>(H_LIMBO_PHASE, PHASE_IDLE);
}

/** A frame, full of zeros if `zeros`; 0 if there is none. */
export function takeFrame(zeros: bool): u32 {
  let free = load<i32>(H_FRAMES_FREE);
  if (free == 0 && load<i32>(H_LIMBO_FILL) > 4096) { advanceLimbo(); free = load<i32>(H_FRAMES_FREE); }
  let frame: u32 = 0;
  if (free == 0) {
    frame = freshFrame();
    if (!frame) { advanceLimbo(); free = load<i32>(H_FRAMES_FREE); }
  }
  if (!frame) {
    if (free == 0) return 0;
    frame = load<u32>(FRAME_FREE_LIST + (<usize>(free - 1) << 2));
    store<i32>(H_FRAMES_FREE, free - 1);
    if (zeros) copyBetween(0, frameAddress(frame), 0, frameAddress(0), FRAME_SIZE);
  }
  bump(H_COUNT_FRAMES, 1);
  return frame;
}

/** One that nobody had before, so it is full of zeros; 0 if there is none. */
function freshFrame(): u32 {
  let frame = load<u32>(H_FRAMES_FRESH);
  if (frame == FRAMES_GAP) frame = FRAMES_GAP_END;
  if (frame >= load<u32>(H_FRAME_LIMIT)) return 0;
  if (frame >= load<u32>(H_FRAMES_HELD)) {
    store<i32>(H_FRAMES_HELD, machineGrow(<i32>frame + 1));
    if (frame >= load<u32>(H_FRAMES_HELD)) return 0;
  }
  store<u32>(H_FRAMES_FRESH, frame + 1);
  return frame;
}

/** Give a frame back; its entry must be cleared already. */
export function releaseFrame(frame: u32): void {
  retire(frame);
  bump(H_COUNT_FRAMES, -1);
}

/** Let a frame, node or Dataspace be used again once no copier can be at it. */
export function retire(entry: u32): void {
  const fill = load<i32>(H_LIMBO_FILL);
  store<u32>(LIMBO + (<usize>fill << 2), entry);
  store<i32>(H_LIMBO_FILL, fill + 1);
  if ((fill & 255) == 255) advanceLimbo();
}

/** Whether something will be free after the grace time. */
@inline export function limboFilled(): bool { return load<i32>(H_LIMBO_FILL) > 0; }

/** Boot: frame 0 is the zero frame, the rest is fresh. */
export function setUpFrames(limit: i32): void {
  store<i32>(H_FRAMES_FRESH, 1);
  store<i32>(H_FRAMES_HELD, FRAMES_GAP);
  store<i32>(H_FRAME_LIMIT, limit < MAX_FRAMES ? limit : MAX_FRAMES);
}
