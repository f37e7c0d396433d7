// cd, pwd, umask: what a shell must do in its own process.

import { Failure } from "../../api/failure.ts";
import type { Shell } from "../shell.ts";

/** Join and remove `.`, `..` and double slashes by name alone. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}

/** The logical working directory: $PWD where that is right, else the physical one. */
export function workingDirectory(shell: Shell): string {
  const said = shell.state.variables.get("PWD");
  if (said?.startsWith("/")) {
    const [a, b] = [shell.system.stat(said), shell.system.stat(".")];
    if (!(a instanceof Failure) && !(b instanceof Failure) && a.inode === b.inode && a.device === b.device) return said;
  }
  const physical = shell.system.workingDirectory();
  if (!(physical instanceof Failure)) return physical;
  // It has been removed, or is too deep for the system to say.
  return said?.startsWith("/") ? said : "/";
}

export function changeDirectory(shell: Shell, args: string[]): number {
  let physical = false;
  let rest = args;
  while (rest[0] === "-P" || rest[0] === "-L" || rest[0] === "--") { physical = rest[0] === "-P"; const end = rest[0] === "--"; rest = rest.slice(1); if (end) break; }
  const { variables } = shell.state;
  let target: string | undefined = rest[0];
  if (rest.length > 1) { shell.complain("cd: too many arguments"); return 2; }
  if (target === undefined) {
    target = variables.get("HOME");
    if (target === undefined || target === "") { if (target === "") return 0; shell.complain("cd: HOME not set"); return 2; }
  }
  let announce = false;
  if (target === "-") {
    target = variables.get("OLDPWD");
    if (target === undefined) { shell.complain("cd: OLDPWD not set"); return 2; }
    announce = true;
  }
  const before = workingDirectory(shell);
  const candidates = [target];
  const search = variables.get("CDPATH");
  if (search !== undefined && !/^\.{0,2}\//.test(target) && target !== "." && target !== "..") candidates.unshift(...search.split(":").filter((one) => one !== "").map((one) => `${one}/${target}`));
  let problem: Failure | undefined;
  for (const [index, candidate] of candidates.entries()) {
    const path = physical ? candidate : normalize(candidate.startsWith("/") ? candidate : `${before}/${candidate}`);
    const result = shell.system.changeDirectory(path);
    if (result instanceof Failure) { problem = result; continue; }
    const now = physical ? shell.system.workingDirectory() : path;
    const text = now instanceof Failure ? path : now;
    variables.set("OLDPWD", before, shell.state.options.allexport);
    variables.set("PWD", text, shell.state.options.allexport);
    if (announce || (candidates.length > 1 && index < candidates.length - 1)) shell.print(text + "\n");
    return 0;
  }
  shell.complain(`cd: can't cd to ${target}: ${problem!.message}`);
  return 2;
}

export function printDirectory(shell: Shell, args: string[]): number {
  const physical = args.includes("-P") ? shell.system.workingDirectory() : workingDirectory(shell);
  if (physical instanceof Failure) { shell.complain(`pwd: ${physical.message}`); return 1; }
  return shell.print(physical + "\n") ? 0 : 1;
}

const bits = { r: 4, w: 2, x: 1 } as const;

export function umask(shell: Shell, args: string[]): number {
  const { system } = shell;
  if (args[0] === "-S" && args.length === 1) {
    const part = (shift: number) => (Object.keys(bits) as (keyof typeof bits)[]).filter((letter) => !((system.umask >> shift) & bits[letter])).join("");
    shell.print(`u=${part(6)},g=${part(3)},o=${part(0)}\n`);
    return 0;
  }
  const text = args[0];
  if (text === undefined) { shell.print(system.umask.toString(8).padStart(4, "0") + "\n"); return 0; }
  if (/^[0-7]{1,4}$/.test(text)) { system.umask = parseInt(text, 8) & 0o777; return 0; }
  let allowed = ~system.umask & 0o777;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (!match) { shell.complain(`umask: Illegal mode: ${text}`); return 2; }
    const who = match[1] === "" || match[1]!.includes("a") ? "ugo" : match[1]!;
    for (const one of who) {
      const shift = one === "u" ? 6 : one === "g" ? 3 : 0;
      const value = [...match[3]!].reduce((sum, letter) => sum | bits[letter as keyof typeof bits], 0) << shift;
      if (match[2] === "+") allowed |= value;
      else if (match[2] === "-") allowed &= ~value;
      else allowed = (allowed & ~(7 << shift)) | value;
    }
  }
  system.umask = ~allowed & 0o777;
  return 0;
}
