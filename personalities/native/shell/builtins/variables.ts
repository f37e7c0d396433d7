// Builtins on variables and options: export, readonly, unset, local, set.

import { ExpansionFailure } from "../expansion.ts";
import { optionLetters, type Options } from "../shell-state.ts";
import type { Shell } from "../shell.ts";
import { quoteForShell } from "../simple-command.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function split(argument: string, command: string): [string, string | undefined] {
  const at = argument.indexOf("=");
  const name = at < 0 ? argument : argument.slice(0, at);
  if (!NAME.test(name)) throw new ExpansionFailure(`${command}: ${name}: bad variable name`);
  return [name, at < 0 ? undefined : argument.slice(at + 1)];
}

function attribute(command: "export" | "readonly", which: "exported" | "readonly", shell: Shell, args: string[]): number {
  const { variables } = shell.state;
  const remove = args[0] === "-n" && which === "exported";
  const names = args.filter((one, index) => !(index === 0 && (one === "-p" || one === "-n")) && one !== "--");
  if (names.length === 0) {
    for (const name of variables.names()) {
      const entry = variables.entry(name)!;
      if (entry[which]) shell.print(`${command} ${name}${entry.value === undefined ? "" : `=${quoteAlways(entry.value)}`}\n`);
    }
    return 0;
  }
  for (const argument of names) {
    const [name, value] = split(argument, command);
    if (value !== undefined) shell.set(name, value);
    variables.mark(name, which, !remove);
  }
  return 0;
}

export function exportVariables(shell: Shell, args: string[]): number { return attribute("export", "exported", shell, args); }
export function makeReadonly(shell: Shell, args: string[]): number { return attribute("readonly", "readonly", shell, args); }

function quoteAlways(text: string): string { return `'${text.replace(/'/g, "'\\''")}'`; }

export function unset(shell: Shell, args: string[]): number {
  const functions = args[0] === "-f";
  const names = args[0] === "-f" || args[0] === "-v" ? args.slice(1) : args;
  for (const name of names) {
    if (functions) shell.state.functions.delete(name);
    else if (!NAME.test(name)) throw new ExpansionFailure(`unset: ${name}: bad variable name`);
    else if (!shell.state.variables.unset(name)) throw new ExpansionFailure(`unset: ${name}: is read only`);
  }
  return 0;
}

export function local(shell: Shell, args: string[]): number {
  const hidden = shell.locals.at(-1);
  if (!hidden) throw new ExpansionFailure("local: not in a function");
  for (const argument of args) {
    const [name, value] = split(argument, "local");
    const entry = shell.state.variables.entry(name);
    if (!hidden.has(name)) hidden.set(name, entry && { ...entry });
    if (value !== undefined) shell.set(name, value);
  }
  return 0;
}

const longNames = new Set(Object.keys({ errexit: 0, nounset: 0, xtrace: 0, noglob: 0, noclobber: 0, verbose: 0, noexec: 0, allexport: 0, pipefail: 0, monitor: 0 } satisfies Record<keyof Options, 0>));

/** Take options off the front of `args`; the rest, and whether `--` or an operand ended them. Used for the command line too. */
export function takeOptions(shell: Shell, args: readonly string[], extra: (letter: string) => boolean = () => false): { rest: string[]; operands: boolean } {
  let index = 0;
  for (; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === "--") return { rest: args.slice(index + 1), operands: true };
    if (argument === "-") { shell.state.options.xtrace = shell.state.options.verbose = false; return { rest: args.slice(index + 1), operands: args.length > index + 1 }; }
    if (!/^[-+]./.test(argument)) break;
    const on = argument[0] === "-";
    for (const letter of argument.slice(1)) {
      if (letter === "o") {
        const name = args[index + 1];
        if (name === undefined) {
          for (const option of longNames) shell.print(on ? `${option.padEnd(16)}${shell.state.options[option as keyof Options] ? "on" : "off"}\n` : `set ${shell.state.options[option as keyof Options] ? "-" : "+"}o ${option}\n`);
          return { rest: [], operands: false };
        }
        if (!longNames.has(name)) throw new ExpansionFailure(`set: Illegal option -o ${name}`);
        shell.state.options[name as keyof Options] = on;
        index++;
      } else if (optionLetters[letter]) shell.state.options[optionLetters[letter]] = on;
      else if (!extra(letter)) throw new ExpansionFailure(`set: Illegal option -${letter}`);
    }
  }
  return { rest: args.slice(index), operands: index < args.length };
}

export function set(shell: Shell, args: string[]): number {
  if (args.length === 0) {
    for (const name of shell.state.variables.names()) {
      const value = shell.state.variables.get(name);
      if (value !== undefined) shell.print(`${name}=${/^[A-Za-z0-9_@%+=:,./^-]*$/.test(value) && value !== "" ? quoteForShell(value) : quoteAlways(value)}\n`);
    }
    return 0;
  }
  const { rest, operands } = takeOptions(shell, args);
  if (operands) { shell.state.positional = rest; shell.state.optionOffset = 0; }
  return 0;
}
