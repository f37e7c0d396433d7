// How a program's end by a trap is told: reason, exit status as a shell counts it (128 + the signal Linux would send), and words.

import { FAULT_TRAP } from "../../../abi/layout/limits.ts";

/** A program could not be run, or stopped, for a reason that its user should read. */
export class ProgramFault extends Error {
  constructor(readonly reason: number, readonly status: number, message: string) { super(message); }
}

const SIGILL = 132, SIGABRT = 134, SIGFPE = 136, SIGSEGV = 139;

export function describeTrap(error: unknown): ProgramFault {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError || /stack size|stack overflow/i.test(text)) return new ProgramFault(FAULT_TRAP, SIGSEGV, "stack overflow");
  if (/out of bounds|out-of-bounds/i.test(text)) return new ProgramFault(FAULT_TRAP, SIGSEGV, text);
  if (/divi|remainder|overflow|unrepresentable/i.test(text)) return new ProgramFault(FAULT_TRAP, SIGFPE, text);
  if (/unreachable|abort/i.test(text)) return new ProgramFault(FAULT_TRAP, SIGABRT, text);
  return new ProgramFault(FAULT_TRAP, SIGILL, text);
}
