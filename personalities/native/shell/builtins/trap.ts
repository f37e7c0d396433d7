// trap: commands for EXIT and for signals. Of the signals a process here can catch only INT; others are kept and shown.

import { parseSignal, signalName } from "../../api/signals.ts";
import type { Shell } from "../shell.ts";

function condition(text: string): string | undefined {
  const number = parseSignal(text);
  return number === undefined ? undefined : number === 0 ? "EXIT" : signalName(number) ?? String(number);
}

export function trap(shell: Shell, args: string[]): number {
  const { traps } = shell.state;
  let rest = args[0] === "--" ? args.slice(1) : args;
  if (rest.length === 0 || rest[0] === "-p") {
    for (const [name, commands] of traps) shell.print(`trap -- '${commands.replace(/'/g, "'\\''")}' ${name}\n`);
    return 0;
  }
  const resets = rest.length === 1 || /^\d+$/.test(rest[0]!);
  const action = resets ? "-" : rest[0]!;
  if (!resets) rest = rest.slice(1);
  let status = 0;
  for (const text of rest) {
    const name = text === "-" ? undefined : condition(text);
    if (name === undefined) { shell.complain(`trap: ${text}: bad trap`); status = 1; }
    else if (action === "-") traps.delete(name);
    else traps.set(name, action);
  }
  return status;
}
