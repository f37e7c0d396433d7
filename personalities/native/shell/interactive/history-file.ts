// Lines typed before, kept in $HISTFILE (~/.sh_history) between sessions where that can be written.

import { Failure } from "../../api/failure.ts";
import { Open } from "../../api/native-system.ts";
import { decode, encode, readFile, writeAll } from "../../api/streams.ts";
import type { Shell } from "../shell.ts";

const LIMIT = 1000;

function path(shell: Shell): string | undefined {
  const { variables } = shell.state;
  return variables.get("HISTFILE") ?? (variables.get("HOME") ? `${variables.get("HOME")}/.sh_history` : undefined);
}

export function loadHistory(shell: Shell): void {
  const file = path(shell);
  const data = file === undefined ? undefined : readFile(shell.system, file);
  if (!data || data instanceof Failure) return;
  shell.history.push(...decode(data).split("\n").filter((line) => line !== "").slice(-LIMIT).map((line) => line.replace(/\\n/g, "\n").replace(/\\\\/g, "\\")));
}

export function remember(shell: Shell, line: string): void {
  if (line.trim() === "" || line.startsWith(" ") || shell.history.at(-1) === line) return;
  shell.history.push(line);
  if (shell.history.length > LIMIT) shell.history.splice(0, shell.history.length - LIMIT);
  const file = path(shell);
  if (file === undefined) return;
  const fd = shell.system.open(file, Open.Write | Open.Create | Open.Append, 0o600);
  if (fd instanceof Failure) return;
  writeAll(shell.system, fd, encode(line.replace(/\\/g, "\\\\").replace(/\n/g, "\\n") + "\n"));
  shell.system.close(fd);
}
