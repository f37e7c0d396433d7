// Redirections (POSIX 2.7), applied to the process's own descriptors; whoever applies them remembers the old ones with
// `system.enter("descriptors")`. Gives the message of the first that fails.

import { Failure, type Result } from "../api/failure.ts";
import { Open, type NativeSystem } from "../api/native-system.ts";
import { encode } from "../api/streams.ts";
import type { Expansion } from "./expansion.ts";
import type { Redirection } from "./syntax-tree.ts";

/** Descriptors from here on are the shell's own: children do not get them. */
export const FIRST_PRIVATE = 10;

export function applyRedirections(system: NativeSystem, expansion: Expansion, redirections: readonly Redirection[], noclobber: boolean): string | undefined {
  for (const redirection of redirections) {
    const problem = apply(system, expansion, redirection, noclobber);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Put a newly opened descriptor where it belongs. */
export function moveTo(system: NativeSystem, from: number, to: number): void {
  if (from === to) return;
  system.redirect(from, to);
  system.close(from);
}

/** Move a descriptor out of the children's sight. */
export function makePrivate(system: NativeSystem, fd: number): Result<number> {
  const copy = system.duplicate(fd, FIRST_PRIVATE);
  system.close(fd);
  return copy;
}

function apply(system: NativeSystem, expansion: Expansion, redirection: Redirection, noclobber: boolean): string | undefined {
  const { operator, target } = redirection;
  const input = operator[0] === "<";
  const fd = redirection.fd >= 0 ? redirection.fd : input ? 0 : 1;
  const text = expansion.text(target);

  if (operator === "<<" || operator === "<<<") {
    const opened = system.memoryFile(encode(operator === "<<<" ? text + "\n" : text));
    if (opened instanceof Failure) return `here-document: ${opened.message}`;
    moveTo(system, opened, fd);
    return undefined;
  }
  if (operator === "<&" || operator === ">&") {
    if (text === "-") { system.close(fd); return undefined; }
    if (/^\d+$/.test(text)) return system.redirect(Number(text), fd) instanceof Failure ? `${text}: Bad file descriptor` : undefined;
    if (operator === "<&" || redirection.fd > 1) return `${text}: bad file descriptor number`;
    return both(system, text, Open.Truncate);
  }
  if (operator === "&>") return both(system, text, redirection.fd === -2 ? Open.Append : Open.Truncate);

  if (operator === ">" && noclobber) {
    const stat = system.stat(text);
    if (!(stat instanceof Failure) && stat.kind === "regular") return `cannot create ${text}: File exists`;
  }
  const flags = operator === "<" ? Open.Read : operator === "<>" ? Open.Read | Open.Write | Open.Create : Open.Write | Open.Create | (operator === ">>" ? Open.Append : Open.Truncate);
  const opened = system.open(text, flags);
  if (opened instanceof Failure) return `cannot ${operator === "<" ? "open" : "create"} ${text}: ${opened.message}`;
  moveTo(system, opened, fd);
  return undefined;
}

function both(system: NativeSystem, path: string, how: number): string | undefined {
  const opened = system.open(path, Open.Write | Open.Create | how);
  if (opened instanceof Failure) return `cannot create ${path}: ${opened.message}`;
  system.redirect(opened, 2);
  moveTo(system, opened, 1);
  return undefined;
}
