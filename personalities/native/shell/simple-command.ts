// A simple command (POSIX 2.9.1): expansion, redirections, assignments, then a builtin, a function or a program.

import { builtins } from "./builtins/table.ts";
import { ReturnFromFunction } from "./control-flow.ts";
import { runCommand, withRedirections } from "./executor.ts";
import { ExpansionFailure } from "./expansion.ts";
import { runForeground } from "./external.ts";
import { applyRedirections } from "./redirection.ts";
import type { Shell } from "./shell.ts";
import type { Assignment, Simple, Word } from "./syntax-tree.ts";

const declarations = new Set(["export", "readonly", "local"]);

/** The words as fields. Assignments that are arguments of `export` and the like are expanded as assignments. */
export function expandWords(shell: Shell, words: readonly Word[]): string[] {
  const first = words[0]?.parts;
  if (first?.length !== 1 || first[0]!.type !== "literal" || !declarations.has(first[0]!.text)) return shell.expansion.fields(words);
  return words.flatMap((word) => {
    const head = word.parts[0];
    return head?.type === "literal" && /^[A-Za-z_][A-Za-z0-9_]*=/.test(head.text) ? [shell.expansion.text(word, "assignment")] : shell.expansion.fields([word]);
  });
}

function expandAssignments(shell: Shell, assignments: readonly Assignment[]): [string, string][] {
  return assignments.map(({ name, value }) => [name, shell.expansion.text(value, "assignment")]);
}

/** Quoted so that the shell would read it back. */
export function quoteForShell(text: string): string { return /^[A-Za-z0-9_@%+=:,./^-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`; }

function trace(shell: Shell, assignments: readonly (readonly [string, string])[], fields: readonly string[]): void {
  if (!shell.state.options.xtrace) return;
  const prompt = shell.state.variables.get("PS4") ?? "+ ";
  shell.print(`${prompt}${[...assignments.map(([name, value]) => `${name}=${value === "" ? "" : quoteForShell(value)}`), ...fields.map(quoteForShell)].join(" ")}\n`, 2);
}

export function runSimple(shell: Shell, command: Simple): number {
  shell.checkInterrupt();
  shell.substituted = undefined;
  const fields = expandWords(shell, command.words);
  const name = fields[0];
  if (name === undefined) {
    return withRedirections(shell, command.redirections, () => {
      for (const { name: variable, value } of command.assignments) {
        const text = shell.expansion.text(value, "assignment");
        trace(shell, [[variable, text]], []);
        shell.set(variable, text);
      }
      return shell.substituted ?? 0;
    });
  }
  const builtin = builtins.get(name);
  if (builtin?.special) return runSpecial(shell, command, fields);

  const assignments = expandAssignments(shell, command.assignments);
  trace(shell, assignments, fields);
  return withRedirections(shell, command.redirections, () => {
    const body = shell.state.functions.get(name);
    if (body) return withVariables(shell, assignments, () => callFunction(shell, body, fields.slice(1)));
    if (builtin) return withVariables(shell, assignments, () => builtin.run(shell, fields.slice(1)));
    return runForeground(shell, fields, new Map(assignments));
  });
}

/** A special builtin's assignments stay, and its failures end a script. */
function runSpecial(shell: Shell, command: Simple, fields: string[]): number {
  const name = fields[0]!;
  const keepsDescriptors = name === "exec";
  const scope = keepsDescriptors && fields.length === 1 ? undefined : shell.system.enter("descriptors");
  try {
    const assignments = expandAssignments(shell, command.assignments);
    trace(shell, assignments, fields);
    const problem = applyRedirections(shell.system, shell.expansion, command.redirections, shell.state.options.noclobber);
    if (problem !== undefined) throw new ExpansionFailure(problem);
    for (const [variable, value] of assignments) shell.set(variable, value);
    return builtins.get(name)!.run(shell, fields.slice(1));
  } finally {
    if (scope) shell.system.leave(scope);
  }
}

function withVariables(shell: Shell, assignments: readonly (readonly [string, string])[], action: () => number): number {
  if (assignments.length === 0) return action();
  const { variables } = shell.state;
  const old = assignments.map(([name]) => [name, variables.entry(name) && { ...variables.entry(name)! }] as const);
  try {
    for (const [name, value] of assignments) {
      shell.set(name, value);
      variables.mark(name, "exported");
    }
    return action();
  } finally {
    for (const [name, variable] of old) variables.restore(name, variable);
  }
}

const DEPTH_LIMIT = 800;

export function callFunction(shell: Shell, body: Parameters<typeof runCommand>[1], args: string[]): number {
  if (shell.functions >= DEPTH_LIMIT) throw new ExpansionFailure("function calls nested too deeply");
  const { positional } = shell.state;
  const { loops } = shell;
  shell.state.positional = args;
  shell.functions++;
  shell.loops = 0;
  shell.locals.push(new Map());
  try {
    return runCommand(shell, body);
  } catch (thrown) {
    if (thrown instanceof ReturnFromFunction) return thrown.status;
    throw thrown;
  } finally {
    for (const [name, variable] of shell.locals.pop()!) shell.state.variables.restore(name, variable);
    shell.functions--;
    shell.loops = loops;
    shell.state.positional = positional;
  }
}

