// proc_exit, proc_raise, sched_yield.

import { EINVAL } from "../../layout/wasi";
import { SLOT_SELF } from "../../../../abi/layout/limits";
import { Signal } from "../../../../abi/generated/assembly/enums";
import * as kernel from "../../../../lib/assembly/kernel";
import { process_signal } from "../../../../abi/generated/assembly/client/process";
import { notification } from "../notification";
import { process } from "../region";

export function proc_exit(status: i32): void {
  kernel.exit(status & 0xff);
}

/** Send oneself a signal. WASI programs cannot catch any, so each has its default effect. */
export function proc_raise(signal: i32): i32 {
  // WASI's numbers are Linux's on x86-64 up to PIPE, ALRM and TERM; then it leaves out STKFLT (16).
  const LAST = 30;
  if (<u32>signal > <u32>LAST) return EINVAL;
  const number = signal < 16 ? signal : signal + 1;
  switch (number) {
    case 0:
    case <i32>Signal.Child:
    case 23: // URG
    case <i32>Signal.WindowChange:
      return 0;
    case <i32>Signal.Continue:
    case <i32>Signal.Stop:
    case <i32>Signal.TerminalStop:
    case 21: // TTIN
    case 22: // TTOU
      // The answer may come before the stop takes hold, at the next entry into the kernel.
      process_signal(SLOT_SELF, process().pid, 0, number > 20 ? <i32>Signal.TerminalStop : number);
      return sched_yield();
    default:
      process_signal(SLOT_SELF, process().pid, 0, number);
      // The server kills the process for those that it knows. For the others, and until it does:
      kernel.exit(128 + number);
      return 0;
  }
}

export function sched_yield(): i32 {
  const yielding = notification();
  if (yielding > 0) kernel.wait(yielding, 0);
  return 0;
}
