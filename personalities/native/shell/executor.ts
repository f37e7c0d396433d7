// Lists, pipelines' surroundings and compound commands (POSIX 2.9). Each function gives an exit status, which is also `$?`.

import { BreakLoop, ContinueLoop } from "./control-flow.ts";
import { ExitShell } from "./control-flow.ts";
import { matchesPattern } from "./pattern.ts";
import { runInBackground, runPipeline } from "./pipeline.ts";
import { applyRedirections } from "./redirection.ts";
import type { Shell } from "./shell.ts";
import { runSimple } from "./simple-command.ts";
import type { AndOr, Command, List, Pipeline, Redirection } from "./syntax-tree.ts";

export function runList(shell: Shell, list: List): number {
  let status = 0;
  for (const item of list) {
    if (shell.subshells === 0 && item.text !== "" && shell.functions === 0) shell.commandText = item.text;
    status = item.background ? runInBackground(shell, item) : runAndOr(shell, item.andOr);
  }
  return status;
}

export function runAndOr(shell: Shell, { first, rest }: AndOr): number {
  const run = (pipeline: Pipeline, last: boolean): number => {
    if (!last || pipeline.negated) shell.tested++;
    let status: number;
    try {
      status = runPipeline(shell, pipeline);
    } finally {
      if (!last || pipeline.negated) shell.tested--;
    }
    shell.state.status = status;
    if (last && !pipeline.negated && status !== 0 && shell.state.options.errexit && shell.tested === 0 && answersForItself(pipeline)) throw new ExitShell(status);
    return status;
  };
  let status = run(first, rest.length === 0);
  for (const [index, { operator, pipeline }] of rest.entries()) {
    if ((operator === "&&") === (status === 0)) status = run(pipeline, index === rest.length - 1);
  }
  return status;
}

/** Whether a failure is the pipeline's own. One that came out of a compound command has ended the shell already, or was ignored there. */
function answersForItself({ commands }: Pipeline): boolean {
  const [only] = commands;
  return commands.length > 1 || only!.type === "simple" || only!.type === "subshell";
}

/** A condition: a failure in it is no failure of the shell. */
function test(shell: Shell, list: List): boolean {
  shell.tested++;
  try { return runList(shell, list) === 0; } finally { shell.tested--; }
}

/** With the redirections in force; 2 if one of them fails. */
export function withRedirections(shell: Shell, redirections: readonly Redirection[], action: () => number): number {
  if (redirections.length === 0) return action();
  const scope = shell.system.enter("descriptors");
  try {
    const problem = applyRedirections(shell.system, shell.expansion, redirections, shell.state.options.noclobber);
    if (problem === undefined) return action();
    shell.complain(problem);
    return 2;
  } finally {
    shell.system.leave(scope);
  }
}

export function runCommand(shell: Shell, command: Command): number {
  if (command.type === "simple") return runSimple(shell, command);
  if (command.type === "function") { shell.state.functions.set(command.name, command.body); return 0; }
  return withRedirections(shell, command.redirections, () => runCompound(shell, command));
}

function runCompound(shell: Shell, command: Exclude<Command, { type: "simple" | "function" }>): number {
  switch (command.type) {
    case "group": return runList(shell, command.body);
    case "subshell": return shell.subshell(() => runList(shell, command.body));
    case "if": {
      const branch = command.branches.find((one) => test(shell, one.condition));
      return branch ? runList(shell, branch.body) : command.otherwise ? runList(shell, command.otherwise) : 0;
    }
    case "loop": {
      let status = 0;
      loop(shell, function* () { while (test(shell, command.condition) !== command.until) yield; }, () => { status = runList(shell, command.body); });
      return status;
    }
    case "for": {
      const words = command.words ? shell.expansion.fields(command.words) : [...shell.state.positional];
      let status = 0;
      loop(shell, function* () { for (const word of words) { shell.set(command.name, word); yield; } }, () => { status = runList(shell, command.body); });
      return status;
    }
    case "case": {
      const subject = shell.expansion.text(command.subject);
      let status = 0;
      let falling = false;
      for (const clause of command.clauses) {
        if (!falling && !clause.patterns.some((pattern) => matchesPattern(shell.expansion.pattern(pattern), subject))) continue;
        status = clause.body.length > 0 ? runList(shell, clause.body) : 0;
        if (!clause.fallThrough) break;
        falling = true;
      }
      return status;
    }
  }
}

function loop(shell: Shell, rounds: () => Iterable<void>, body: () => void): void {
  shell.loops++;
  try {
    const iterator = rounds()[Symbol.iterator]();
    for (;;) {
      try {
        if (iterator.next().done) return;
        shell.checkInterrupt();
        body();
      } catch (thrown) {
        if (!(thrown instanceof BreakLoop || thrown instanceof ContinueLoop)) throw thrown;
        if (thrown.levels > 1 && shell.loops > 1) throw thrown instanceof BreakLoop ? new BreakLoop(thrown.levels - 1) : new ContinueLoop(thrown.levels - 1);
        shell.state.status = 0;
        if (thrown instanceof BreakLoop) return;
      }
    }
  } finally {
    shell.loops--;
  }
}
