// All builtins by name.

import { withArguments } from "../../api/derived-system.ts";
import { runProgram, type Program } from "../../api/program.ts";
import { echo } from "../../utilities/echo.ts";
import { printf } from "../../utilities/printf.ts";
import { test } from "../../utilities/test.ts";
import { processorTimes } from "../times.ts";
import type { Builtin } from "./builtin.ts";
import { breakLoop, continueLoop, evaluate, execute, exit, returnFrom, shift, source } from "./control.ts";
import { changeDirectory, printDirectory, umask } from "./directories.ts";
import { getopts } from "./getopts.ts";
import { background, foreground, jobs, kill, wait } from "./job-control.ts";
import { alias, command, hash, type, unalias } from "./lookup.ts";
import { read } from "./read.ts";
import { trap } from "./trap.ts";
import { exportVariables, local, makeReadonly, set, unset } from "./variables.ts";

const special = (run: Builtin["run"]): Builtin => ({ run, special: true });
const regular = (run: Builtin["run"]): Builtin => ({ run, special: false });

/** A utility that the shell runs in its own process, as it is asked for so often. */
const utility = (name: string, program: Program): Builtin =>
  regular((shell, args) => runProgram(program, withArguments(shell.system, [name, ...args], shell.state.variables.exported())));

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", special(() => 0)], ["break", special(breakLoop)], ["continue", special(continueLoop)], ["return", special(returnFrom)], ["exit", special(exit)],
  ["eval", special(evaluate)], [".", special(source)], ["exec", special(execute)], ["shift", special(shift)],
  ["export", special(exportVariables)], ["readonly", special(makeReadonly)], ["unset", special(unset)], ["set", special(set)], ["trap", special(trap)],
  ["times", special((shell) => (shell.print(processorTimes(shell.system)) ? 0 : 1))],
  ["source", regular(source)], ["local", regular(local)], ["read", regular(read)], ["getopts", regular(getopts)],
  ["cd", regular(changeDirectory)], ["pwd", regular(printDirectory)], ["umask", regular(umask)],
  ["jobs", regular(jobs)], ["fg", regular(foreground)], ["bg", regular(background)], ["wait", regular(wait)], ["kill", regular(kill)],
  ["type", regular(type)], ["command", regular(command)], ["alias", regular(alias)], ["unalias", regular(unalias)], ["hash", regular(hash)],
  ["history", regular((shell) => { shell.history.forEach((line, index) => shell.print(`${String(index + 1).padStart(5)}  ${line}\n`)); return 0; })],
  ["true", regular(() => 0)], ["false", regular(() => 1)],
  ["echo", utility("echo", echo)], ["printf", utility("printf", printf)], ["test", utility("test", test)], ["[", utility("[", test)],
]);
