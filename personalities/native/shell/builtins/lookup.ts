// How a name would be run, and names of one's own: command, type, alias, unalias, hash.

import { DEFAULT_PATH } from "../command-search.ts";
import { runForeground } from "../external.ts";
import type { Shell } from "../shell.ts";
import { builtins } from "./table.ts";

const reserved = new Set(["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "{", "}", "!", "in", "function", "time"]);

const quoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;

/** `brief` as `command -v` prints it, `long` as `type` does; undefined if there is no such command. */
function describe(shell: Shell, name: string, path?: string): { brief: string; long: string } | undefined {
  if (reserved.has(name)) return { brief: name, long: `${name} is a shell keyword` };
  const alias = shell.state.aliases.get(name);
  if (alias !== undefined) return { brief: `alias ${name}=${quoted(alias)}`, long: `${name} is an alias for ${alias}` };
  if (builtins.get(name)?.special) return { brief: name, long: `${name} is a special shell builtin` };
  if (shell.state.functions.has(name)) return { brief: name, long: `${name} is a shell function` };
  if (builtins.has(name)) return { brief: name, long: `${name} is a shell builtin` };
  const found = shell.search.find(name, path ?? shell.state.variables.get("PATH"));
  return "path" in found ? { brief: found.path, long: `${name} is ${found.path}` } : undefined;
}

export function type(shell: Shell, args: string[]): number {
  let status = 0;
  for (const name of args) {
    const found = describe(shell, name);
    shell.print(found ? `${found.long}\n` : `${name}: not found\n`);
    if (!found) status = 127;
  }
  return status;
}

export function command(shell: Shell, args: string[]): number {
  let how: "run" | "v" | "V" = "run";
  let path: string | undefined;
  let rest = args;
  for (; rest[0]?.startsWith("-") && rest[0].length > 1; rest = rest.slice(1)) {
    if (rest[0] === "--") { rest = rest.slice(1); break; }
    for (const letter of rest[0].slice(1)) {
      if (letter === "p") path = DEFAULT_PATH;
      else if (letter === "v" || letter === "V") how = letter;
      else { shell.complain(`command: Illegal option -${letter}`); return 2; }
    }
  }
  const [name] = rest;
  if (name === undefined) return 0;
  if (how === "run") {
    const builtin = builtins.get(name);
    return builtin ? builtin.run(shell, rest.slice(1)) : runForeground(shell, rest, path === undefined ? new Map() : new Map([["PATH", path]]));
  }
  let status = 0;
  for (const one of rest) {
    const found = describe(shell, one, path);
    if (found) shell.print(`${how === "v" ? found.brief : found.long}\n`);
    else { status = 127; if (how === "V") shell.complain(`${one}: not found`); }
  }
  return status;
}

export function alias(shell: Shell, args: string[]): number {
  const { aliases } = shell.state;
  let status = 0;
  const show = (name: string, value: string) => shell.print(`${name}=${quoted(value)}\n`);
  if (args.length === 0) for (const [name, value] of [...aliases].sort()) show(name, value);
  for (const argument of args) {
    const at = argument.indexOf("=");
    if (at > 0) aliases.set(argument.slice(0, at), argument.slice(at + 1));
    else if (aliases.has(argument)) show(argument, aliases.get(argument)!);
    else { shell.complain(`alias: ${argument} not found`); status = 1; }
  }
  return status;
}

export function unalias(shell: Shell, args: string[]): number {
  if (args[0] === "-a") { shell.state.aliases.clear(); return 0; }
  let status = 0;
  for (const name of args) if (!shell.state.aliases.delete(name)) { shell.complain(`unalias: ${name} not found`); status = 1; }
  return status;
}

export function hash(shell: Shell, args: string[]): number {
  if (args[0] === "-r") { shell.search.forget(); return 0; }
  if (args.length === 0) for (const path of shell.search.remembered().values()) shell.print(path + "\n");
  let status = 0;
  for (const name of args) {
    const found = shell.search.find(name, shell.state.variables.get("PATH"));
    if (!("path" in found)) { shell.complain(`hash: ${found.message}`); status = 1; }
  }
  return status;
}
