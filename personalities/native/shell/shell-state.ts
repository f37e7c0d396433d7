// What a subshell inherits from its shell: plain data, copied for a subshell in the same process, and written as JSON for one in
// another. Descriptors, working directory and umask belong to the process and are not here.

import type { Command } from "./syntax-tree.ts";
import { Variables, type Variable } from "./variables.ts";

export interface Options { errexit: boolean; nounset: boolean; xtrace: boolean; noglob: boolean; noclobber: boolean; verbose: boolean; noexec: boolean; allexport: boolean; pipefail: boolean; monitor: boolean }

export const optionLetters: Readonly<Record<string, keyof Options>> = { e: "errexit", u: "nounset", x: "xtrace", f: "noglob", C: "noclobber", v: "verbose", n: "noexec", a: "allexport", m: "monitor" };

export class ShellState {
  variables = new Variables();
  functions = new Map<string, Command>();
  aliases = new Map<string, string>();
  options: Options = { errexit: false, nounset: false, xtrace: false, noglob: false, noclobber: false, verbose: false, noexec: false, allexport: false, pipefail: false, monitor: false };
  positional: string[] = [];
  /** $0 */
  name = "sh";
  /** $$: of the first shell, in subshells too. */
  pid = 0;
  /** $! */
  lastBackground = 0;
  /** $? */
  status = 0;
  /** Condition name → commands; "" ignores. */
  traps = new Map<string, string>();
  /** getopts: characters done of the current argument. */
  optionOffset = 0;
  /** getopts: the OPTIND it left. */
  optionIndex = 1;

  /** For a subshell: traps that run commands are not inherited. */
  copy(): ShellState { return ShellState.fromJson(this.toJson()); }

  toJson(): string {
    return JSON.stringify({
      variables: this.variables.rows(), functions: [...this.functions], aliases: [...this.aliases], options: this.options, positional: this.positional, name: this.name,
      pid: this.pid, lastBackground: this.lastBackground, status: this.status, traps: [...this.traps].filter(([, commands]) => commands === ""), optionOffset: this.optionOffset, optionIndex: this.optionIndex,
    });
  }

  static fromJson(text: string): ShellState {
    const data = JSON.parse(text) as {
      variables: [string, Variable][]; functions: [string, Command][]; aliases: [string, string][]; options: Options; positional: string[]; name: string;
      pid: number; lastBackground: number; status: number; traps: [string, string][]; optionOffset: number; optionIndex: number;
    };
    const state = new ShellState();
    return Object.assign(state, data, {
      variables: Variables.from(data.variables), functions: new Map(data.functions), aliases: new Map(data.aliases), traps: new Map(data.traps),
      options: { ...data.options, monitor: false },
    });
  }

  /** `$-` */
  get flags(): string { return Object.entries(optionLetters).filter(([, name]) => this.options[name]).map(([letter]) => letter).join(""); }
}
