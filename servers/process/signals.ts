// What a signal does to a process. GrailOS has no handlers inside programs: a process made with HandleInterrupt is told of the
// signals that interactive programs handle themselves (through waitSignal), everything else has its default action.

import { Signal } from "../../abi/generated/ts/enums.ts";

export type Disposition = "kill" | "stop" | "continue" | "tell" | "ignore";

/** Signals that a process made with HandleInterrupt is told of. */
const HANDLED: ReadonlySet<number> = new Set([Signal.Interrupt, Signal.Quit, Signal.TerminalStop, Signal.WindowChange, Signal.Alarm]);
const IGNORED: ReadonlySet<number> = new Set([Signal.WindowChange, Signal.Child]);

/** The highest signal number of Linux: others are refused. */
export const LAST_SIGNAL = 64;

export function dispositionOf(signal: number, handles: boolean): Disposition {
  if (signal === Signal.Kill) return "kill";
  if (signal === Signal.Stop) return "stop";
  if (signal === Signal.Continue) return "continue";
  if (handles && HANDLED.has(signal)) return "tell";
  if (signal === Signal.TerminalStop) return "stop";
  return IGNORED.has(signal) ? "ignore" : "kill";
}
