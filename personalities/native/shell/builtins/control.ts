// Builtins that change what is run next: break, continue, return, exit, eval, `.`, exec, shift, `:`.

import { Failure } from "../../api/failure.ts";
import { decodeScript, readFile } from "../../api/streams.ts";
import { BreakLoop, ContinueLoop, ExitShell, ReturnFromFunction } from "../control-flow.ts";
import { ExpansionFailure } from "../expansion.ts";
import { runForeground } from "../external.ts";
import type { Shell } from "../shell.ts";

function numberOr(args: readonly string[], otherwise: number, name: string): number {
  const text = args[0];
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new ExpansionFailure(`${name}: Illegal number: ${text}`);
  return Number(text);
}

export function breakLoop(shell: Shell, args: string[]): number {
  const levels = numberOr(args, 1, "break");
  if (shell.loops === 0) return 0;
  throw new BreakLoop(Math.max(1, levels));
}

export function continueLoop(shell: Shell, args: string[]): number {
  const levels = numberOr(args, 1, "continue");
  if (shell.loops === 0) return 0;
  throw new ContinueLoop(Math.max(1, levels));
}

export function returnFrom(shell: Shell, args: string[]): number {
  throw new ReturnFromFunction(numberOr(args, shell.state.status, "return") & 255);
}

export function exit(shell: Shell, args: string[]): number {
  throw new ExitShell(numberOr(args, shell.state.status, "exit") & 255);
}

export function evaluate(shell: Shell, args: string[]): number { return shell.runText(args.join(" ")); }

export function source(shell: Shell, args: string[]): number {
  const name = args[0];
  if (name === undefined) throw new ExpansionFailure(".: filename argument required");
  let path = name;
  if (!name.includes("/")) {
    const directories = (shell.state.variables.get("PATH") ?? "").split(":").map((one) => (one === "" ? name : `${one}/${name}`));
    path = [...directories, name].find((one) => { const stat = shell.system.stat(one); return !(stat instanceof Failure) && stat.kind !== "directory"; }) ?? name;
  }
  const data = readFile(shell.system, path);
  if (data instanceof Failure) throw new ExpansionFailure(`.: cannot open ${name}: ${data.message}`);
  const { positional } = shell.state;
  if (args.length > 1) shell.state.positional = args.slice(1);
  try {
    return shell.runText(decodeScript(data));
  } catch (thrown) {
    if (thrown instanceof ReturnFromFunction) return thrown.status;
    throw thrown;
  } finally {
    if (args.length > 1) shell.state.positional = positional;
  }
}

/** A process cannot become another program here: the shell waits for it, and ends as it did. */
export function execute(shell: Shell, args: string[]): number {
  if (args.length === 0) return 0;
  throw new ExitShell(runForeground(shell, args, new Map()), true);
}

export function shift(shell: Shell, args: string[]): number {
  const count = numberOr(args, 1, "shift");
  if (count > shell.state.positional.length) throw new ExpansionFailure("shift: can't shift that many");
  shell.state.positional = shell.state.positional.slice(count);
  shell.state.optionOffset = 0;
  return 0;
}
