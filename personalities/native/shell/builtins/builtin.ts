// A command that the shell runs itself.

import type { Shell } from "../shell.ts";

export interface Builtin {
  /** `args` without the name. Control flow is thrown, see control-flow.ts. */
  run(shell: Shell, args: string[]): number;
  /** POSIX's special builtins: assignments before them stay, failures in them end a script. */
  special: boolean;
}
