// clock_res_get, clock_time_get.

import { CLOCK_PROCESS_CPUTIME, CLOCK_REALTIME, CLOCK_THREAD_CPUTIME, EFAULT, EINVAL } from "../../layout/wasi";
import * as kernel from "../../../../lib/assembly/kernel";
import { insideWord, store64 } from "../program";
import { process } from "../region";

/** Browsers with cross-origin isolation tick their clock every 5 µs. */
const RESOLUTION: u64 = 5_000;
/** The wall clock is told in whole milliseconds. */
const WALL_RESOLUTION: u64 = 1_000_000;

export function clock_res_get(clock: i32, result: usize): i32 {
  if (<u32>clock > <u32>CLOCK_THREAD_CPUTIME) return EINVAL;
  if (!insideWord(result)) return EFAULT;
  store64(result, clock == CLOCK_REALTIME ? WALL_RESOLUTION : RESOLUTION);
  return 0;
}

export function clock_time_get(clock: i32, precision: i64, result: usize): i32 {
  if (<u32>clock > <u32>CLOCK_THREAD_CPUTIME) return EINVAL;
  if (!insideWord(result)) return EFAULT;
  store64(result, clockTime(clock));
  return 0;
}

/** Nanoseconds on a clock. The kernel does not meter processor time: the two CPU clocks tell the time since the process
 *  began, which is what they would tell if it had never waited. */
export function clockTime(clock: i32): i64 {
  if (clock == CLOCK_REALTIME) return kernel.wallClock();
  if (clock == CLOCK_PROCESS_CPUTIME || clock == CLOCK_THREAD_CPUTIME) return kernel.monotonic() - process().started;
  return kernel.monotonic();
}
