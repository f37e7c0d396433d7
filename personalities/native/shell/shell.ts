// A running shell: its state, its jobs, and the ways commands are run in a subshell. The grammar's commands are in executor.ts.
// One Shell serves its subshells too: for the time of a subshell it works on a copy of the state.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { decode, encode, readAll, writeAll } from "../api/streams.ts";
import { CommandSearch } from "./command-search.ts";
import { BreakLoop, ContinueLoop, ExitShell, LineInterrupted, ReturnFromFunction } from "./control-flow.ts";
import { runList } from "./executor.ts";
import { Expansion, ExpansionFailure, type ExpansionContext } from "./expansion.ts";
import { Jobs } from "./jobs.ts";
import { Parser, SyntaxFailure } from "./parser.ts";
import { makePrivate } from "./redirection.ts";
import { ShellState } from "./shell-state.ts";
import type { List } from "./syntax-tree.ts";
import type { Variable } from "./variables.ts";

export class Shell implements ExpansionContext {
  state = new ShellState();
  jobs: Jobs;
  readonly expansion = new Expansion(this);
  readonly search: CommandSearch;
  /** Reads commands from a person. */
  interactive = false;
  /** The descriptor of the terminal whose foreground it manages; -1: no job control. */
  terminal = -1;
  subshells = 0;
  functions = 0;
  loops = 0;
  /** More than 0 where a failure is being tested, so that `set -e` does not end the shell. */
  tested = 0;
  /** Status of the last command substitution in the command being expanded. */
  substituted: number | undefined;
  /** Variables that `local` has hidden, a map a function call. */
  locals: Map<string, Variable | undefined>[] = [];
  history: string[] = [];
  /** ^D has said that there are stopped jobs. */
  warned = false;
  /** Source of the command being run, for the list of jobs. */
  commandText = "";
  private inTrap = false;

  constructor(readonly system: NativeSystem) {
    this.search = new CommandSearch(system);
    this.jobs = new Jobs(system);
  }

  /** Whether commands get process groups of their own. */
  get controlsJobs(): boolean { return this.terminal >= 0 && this.subshells === 0; }

  print(text: string, fd = 1): boolean {
    const result = writeAll(this.system, fd, encode(text));
    if (result instanceof Failure && result.error === "BrokenPipe" && this.subshells > 0) throw new ExitShell(141, true);
    return !(result instanceof Failure);
  }

  complain(message: string): void { writeAll(this.system, 2, encode(`${this.state.name}: ${message}\n`)); }

  set(name: string, value: string): void { this.expansion.variable(name, value); }

  /** Run in a copy of the state and of the process's descriptors, working directory and umask. */
  subshell(action: () => number): number {
    const saved = { state: this.state, jobs: this.jobs, functions: this.functions, loops: this.loops, locals: this.locals };
    const scope = this.system.enter("all");
    Object.assign(this, { state: saved.state.copy(), jobs: new Jobs(this.system), locals: [] });
    this.subshells++;
    try {
      return this.toExit(action);
    } finally {
      this.subshells--;
      Object.assign(this, saved);
      this.system.leave(scope);
    }
  }

  /** Run commands to the status that a shell would end with, its EXIT trap included. */
  toExit(action: () => number): number {
    let status: number;
    let replaced = false;
    try {
      status = action();
    } catch (thrown) {
      if (thrown instanceof ExitShell) { status = thrown.status; replaced = thrown.replaced; }
      else if (thrown instanceof ExpansionFailure) { this.complain(thrown.message); status = 2; }
      else if (thrown instanceof BreakLoop || thrown instanceof ContinueLoop) status = 0;
      else if (thrown instanceof ReturnFromFunction) status = thrown.status;
      else throw thrown;
    }
    const trap = this.state.traps.get("EXIT");
    if (!trap || replaced) return status;
    this.state.traps.delete("EXIT");
    this.state.status = status;
    try {
      this.runText(trap);
    } catch (thrown) {
      if (thrown instanceof ExitShell) return thrown.status;
      throw thrown;
    }
    return status;
  }

  /** A command substitution: what the commands write, in a subshell. */
  substitute(body: List): string {
    const memory = this.system.memoryFile();
    const capture = memory instanceof Failure ? memory : makePrivate(this.system, memory);
    if (capture instanceof Failure) throw new ExpansionFailure(`command substitution: ${capture.message}`);
    try {
      this.substituted = this.subshell(() => {
        this.system.redirect(capture, 1);
        const status = runList(this, body);
        // Whoever writes here must have finished when it is read.
        for (const job of this.jobs.all()) this.jobs.waitFor(job, false);
        return status;
      });
      this.system.seek(capture, 0, 0);
      const data = readAll(this.system, capture);
      return data instanceof Failure ? "" : decode(data).replace(/\0/g, "");
    } finally {
      this.system.close(capture);
    }
  }

  /** Parse and run line by line. A syntax error ends a script with 2. */
  runText(text: string): number {
    const parser = new Parser(text, this.state.aliases);
    let status = this.state.status;
    let ran = false;
    for (;;) {
      let list: List | undefined;
      try {
        list = parser.parseNext();
      } catch (thrown) {
        if (!(thrown instanceof SyntaxFailure)) throw thrown;
        this.complain(`${thrown.line}: Syntax error: ${thrown.message}`);
        if (!this.interactive || this.subshells > 0) throw new ExitShell(2);
        return (this.state.status = 2);
      }
      if (!list) return ran ? status : 0;
      ran = true;
      if (!this.state.options.noexec) status = runList(this, list);
    }
  }

  /** Act on an interrupt that has arrived. */
  checkInterrupt(): void { if (this.system.interrupted()) this.interrupt(); }

  interrupt(): void {
    const trap = this.state.traps.get("INT");
    if (trap === "") return;
    if (trap !== undefined) { this.runTrap(trap); return; }
    if (this.interactive) {
      this.print("\n", 2);
      throw new LineInterrupted();
    }
    throw new ExitShell(130);
  }

  runTrap(commands: string): void {
    if (this.inTrap) return;
    this.inTrap = true;
    const status = this.state.status;
    try { this.runText(commands); } finally { this.inTrap = false; }
    this.state.status = status;
  }
}
