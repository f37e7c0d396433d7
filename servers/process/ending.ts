// How a process ended, as shells report it: derived from what the kernel says of its domain. Statuses above 128 mean 128 + signal.

import { Signal } from "../../abi/generated/ts/enums.ts";
import { FAULT_BAD_PROGRAM, FAULT_EXIT, FAULT_HANG, FAULT_MISSING_IMPORT, FAULT_TRAP } from "../../abi/layout/limits.ts";

export interface Ending { readonly status: number; readonly signal: number; readonly reason: string }

/** Floating point exception: what an integer division by zero raises on other systems. */
const ARITHMETIC = 8;
/** The programs's own abort() is an `unreachable`; the rest is named after what the hardware would have raised. */
const TRAPS: readonly [RegExp, number][] = [
  [/out of bounds|stack|null function|signature mismatch|indirect call/i, Signal.SegmentationViolation],
  [/divide|division|integer overflow|unrepresentable|truncat/i, ARITHMETIC],
];

export function endedBySignal(signal: number, reason = ""): Ending { return { status: 128 + signal, signal, reason }; }

export function endedByExit(status: number): Ending { return { status: status & 0xff, signal: 0, reason: "" }; }

/** The program could not be run. */
export function endedUnrunnable(reason: string): Ending { return { status: 126, signal: 0, reason }; }

/** From a fault message (LABEL_FAULT). `FAULT_KILLED` by anyone but this server counts as signal Kill. */
export function endingOf(fault: number, status: number, text: string): Ending {
  switch (fault) {
    case FAULT_EXIT: return endedByExit(status);
    case FAULT_TRAP: return endedBySignal(TRAPS.find(([pattern]) => pattern.test(text))?.[1] ?? Signal.Abort, text || "trap");
    case FAULT_BAD_PROGRAM: return endedUnrunnable(text || "not a valid module");
    case FAULT_MISSING_IMPORT: return endedUnrunnable(text || "imports something that nothing provides");
    case FAULT_HANG: return endedBySignal(Signal.Kill, text || "it did not answer and was ended");
    default: return endedBySignal(Signal.Kill, text);
  }
}
