// read: one line of standard input into variables (POSIX). What comes after the line is left for others, so a file or pipe is read
// with care: a file by seeking back, a pipe byte by byte.

import { Failure } from "../../api/failure.ts";
import { concatenate, decode } from "../../api/streams.ts";
import type { Shell } from "../shell.ts";

/** Undefined at the end of the file before any byte. */
function readLine(shell: Shell): { bytes: Uint8Array; ended: boolean } | Failure {
  const { system } = shell;
  const parts: Uint8Array[] = [];
  const seekable = !(system.seek(0, 0, 1) instanceof Failure);
  const step = seekable ? 512 : system.isTerminal(0) ? 4096 : 1;
  for (;;) {
    const part = system.read(0, step);
    if (part instanceof Failure) return part;
    if (part.length === 0) return { bytes: concatenate(parts), ended: true };
    const end = part.indexOf(10);
    if (end < 0) { parts.push(part); continue; }
    parts.push(part.subarray(0, end));
    if (seekable && end + 1 < part.length) system.seek(0, end + 1 - part.length, 1);
    return { bytes: concatenate(parts), ended: false };
  }
}

export function read(shell: Shell, args: string[]): number {
  let raw = false;
  let names = args;
  while (names[0]?.startsWith("-")) {
    if (names[0] === "--") { names = names.slice(1); break; }
    if (names[0] === "-p") { shell.print(names[1] ?? "", 2); names = names.slice(2); continue; }
    if (names[0] !== "-r") { shell.complain(`read: Illegal option ${names[0]}`); return 2; }
    raw = true;
    names = names.slice(1);
  }
  if (names.length === 0) names = ["REPLY"];

  // Characters with whether a backslash quoted them.
  const characters: { c: string; quoted: boolean }[] = [];
  let ended = false;
  for (let more = true; more;) {
    const line = readLine(shell);
    if (line instanceof Failure) {
      if (line.error === "Interrupted") { shell.interrupt(); return 130; }
      shell.complain(`read: ${line.message}`);
      return 1;
    }
    more = false;
    ended = line.ended;
    const text = [...decode(line.bytes)];
    for (let at = 0; at < text.length; at++) {
      if (raw || text[at] !== "\\") characters.push({ c: text[at]!, quoted: false });
      else if (at + 1 < text.length) characters.push({ c: text[++at]!, quoted: true });
      else if (!ended) more = true;
    }
  }
  for (const [index, value] of splitLine(characters, names.length, shell.state.variables.get("IFS") ?? " \t\n").entries()) shell.set(names[index]!, value);
  return ended ? 1 : 0;
}

/** The last of `count` values takes the rest of the line, without the separators around it. */
function splitLine(characters: readonly { c: string; quoted: boolean }[], count: number, separators: string): string[] {
  const isBlank = (at: number) => { const one = characters[at]; return one !== undefined && !one.quoted && separators.includes(one.c) && /[ \t\n]/.test(one.c); };
  const isSeparator = (at: number) => { const one = characters[at]; return one !== undefined && !one.quoted && separators.includes(one.c); };
  const text = (from: number, to: number) => characters.slice(from, to).map((one) => one.c).join("");
  const values: string[] = [];
  let at = 0;
  while (isBlank(at)) at++;
  while (values.length < count - 1 && at < characters.length) {
    const start = at;
    while (at < characters.length && !isSeparator(at)) at++;
    values.push(text(start, at));
    while (isBlank(at)) at++;
    if (isSeparator(at) && !isBlank(at)) at++;
    while (isBlank(at)) at++;
  }
  let end = characters.length;
  while (end > at && isBlank(end - 1)) end--;
  // One separator, with the blanks around it, that ends the only remaining field is no part of it.
  let first = at;
  while (first < end && !isSeparator(first)) first++;
  let after = first;
  while (isBlank(after)) after++;
  if (after < end && isSeparator(after)) after++;
  while (isBlank(after)) after++;
  if (after >= end) end = first;
  values.push(text(at, end));
  return [...values, ...Array<string>(Math.max(0, count - values.length)).fill("")];
}
