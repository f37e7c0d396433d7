// A native program: a function of the system that gives its exit status. Its module is loaded when the program first runs.

import type { NativeSystem } from "./native-system.ts";

export type Program = (system: NativeSystem) => number;

/** Thrown to leave a program from deep inside, as exit() does in C; whoever runs the program catches it. Not an error. */
export class ProgramExit {
  constructor(readonly status: number) {}
}

/** Run to its status, whichever way the program ends. */
export function runProgram(program: Program, system: NativeSystem): number {
  try {
    return program(system) & 255;
  } catch (thrown) {
    if (thrown instanceof ProgramExit) return thrown.status & 255;
    throw thrown;
  }
}
