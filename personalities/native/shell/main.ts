// sh: the shell as a program. `sh [options] [script [arguments]]`, `sh -c commands [name [arguments]]`, `sh -s`; without any of these on a
// terminal it is interactive.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { decode, decodeScript, readAll, readFile } from "../api/streams.ts";
import { workingDirectory } from "./builtins/directories.ts";
import { takeOptions } from "./builtins/variables.ts";
import { DEFAULT_PATH } from "./command-search.ts";
import { LineInterrupted } from "./control-flow.ts";
import { runList } from "./executor.ts";
import { ExpansionFailure } from "./expansion.ts";
import { runInteractively } from "./interactive/main.ts";
import { STATE_DESCRIPTOR, STATE_OPTION, type Handover } from "./pipeline.ts";
import { ShellState } from "./shell-state.ts";
import { Shell } from "./shell.ts";

export function sh(system: NativeSystem): number {
  const shell = new Shell(system);
  const args = system.args.slice(1);
  if (args[0] === STATE_OPTION) return continueShell(shell);

  const { state } = shell;
  state.pid = system.pid;
  state.name = system.args[0]?.replace(/.*\//, "").replace(/^-/, "") || "sh";
  for (const [name, value] of system.env) if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) state.variables.set(name, value, true);
  defaults(shell);

  let command = false;
  let standardInput = false;
  let interactive = false;
  let rest: string[];
  try {
    const long: readonly string[] = args.filter((one) => one === "--login" || one === "-l");
    rest = takeOptions(shell, args.filter((one) => !long.includes(one)), (letter) => {
      if (letter === "c") command = true;
      else if (letter === "s") standardInput = true;
      else if (letter === "i") interactive = true;
      else if (letter !== "l") return false;
      return true;
    }).rest;
  } catch (thrown) {
    if (!(thrown instanceof ExpansionFailure)) throw thrown;
    shell.complain(thrown.message.replace(/^set: /, ""));
    return 2;
  }

  if (command) {
    const text = rest[0];
    if (text === undefined) { shell.complain("-c requires an argument"); return 2; }
    if (rest[1] !== undefined) state.name = rest[1];
    state.positional = rest.slice(2);
    return runScript(shell, () => shell.runText(text));
  }
  const script = standardInput ? undefined : rest[0];
  if (script !== undefined) {
    const data = readFile(system, script);
    if (data instanceof Failure) { shell.complain(`cannot open ${script}: ${data.message}`); return data.error === "NotFound" ? 127 : 126; }
    if (data.subarray(0, 256).includes(0)) { shell.complain(`${script}: cannot execute binary file`); return 126; }
    state.name = script;
    state.positional = rest.slice(1);
    return runScript(shell, () => shell.runText(decodeScript(data)));
  }
  state.positional = rest;
  if (interactive || (!standardInput && system.isTerminal(0) && system.isTerminal(2))) return runInteractively(shell);
  const data = readAll(system, 0);
  if (data instanceof Failure) { shell.complain(data.message); return 2; }
  return runScript(shell, () => shell.runText(decodeScript(data)));
}

function defaults(shell: Shell): void {
  const { variables } = shell.state;
  const ensure = (name: string, value: string, exported = false) => { if (variables.get(name) === undefined) variables.set(name, value, exported); };
  // IFS is never taken from the environment (POSIX 2.5.3).
  variables.unset("IFS");
  variables.set("IFS", " \t\n");
  ensure("PATH", DEFAULT_PATH, true);
  ensure("PS1", "$ ");
  ensure("PS2", "> ");
  ensure("PS4", "+ ");
  variables.set("OPTIND", "1");
  variables.set("PPID", String(shell.system.parent));
  variables.set("PWD", workingDirectory(shell), true);
}

/** To the status that the process ends with. */
function runScript(shell: Shell, action: () => number): number {
  try {
    return shell.toExit(action);
  } catch (thrown) {
    if (thrown instanceof LineInterrupted) return 130;
    throw thrown;
  }
}

/** A subshell of another shell, which gave its state and what to run. */
function continueShell(shell: Shell): number {
  const data = readAll(shell.system, STATE_DESCRIPTOR);
  shell.system.close(STATE_DESCRIPTOR);
  if (data instanceof Failure) { shell.complain(`cannot read the state of the parent: ${data.message}`); return 2; }
  const { state, body } = JSON.parse(decode(data)) as Handover;
  shell.state = ShellState.fromJson(state);
  return runScript(shell, () => runList(shell, body));
}

