// Pipelines and background lists (POSIX 2.9.2, 2.9.3). There is no fork: a stage that is a program is spawned as it is; of the stages
// that need the shell itself one runs here, in a subshell, after all others have been started, and the rest run in shells that are
// spawned and get this one's state as JSON on a descriptor.

import { Failure } from "../api/failure.ts";
import { Open, type Child } from "../api/native-system.ts";
import { encode } from "../api/streams.ts";
import { builtins } from "./builtins/table.ts";
import { runCommand } from "./executor.ts";
import { awaitForeground, inherited, launch, type Refusal } from "./external.ts";
import type { Job, JobProcess } from "./jobs.ts";
import { applyRedirections, makePrivate, moveTo } from "./redirection.ts";
import type { Shell } from "./shell.ts";
import { expandWords } from "./simple-command.ts";
import { describeTimes } from "./times.ts";
import type { Command, Item, List, Pipeline } from "./syntax-tree.ts";

/** Descriptor on which a spawned shell finds its state, and the option that says so. */
export const STATE_DESCRIPTOR = 60;
export const STATE_OPTION = "--state-descriptor";

export interface Handover { state: string; body: List }

export function runPipeline(shell: Shell, pipeline: Pipeline): number {
  const started = shell.system.monotonic();
  let status = pipeline.commands.length === 1 ? runCommand(shell, pipeline.commands[0]!) : runStages(shell, pipeline.commands);
  if (pipeline.timed) shell.print(describeTimes(shell.system.monotonic() - started), 2);
  if (pipeline.negated) status = status === 0 ? 1 : 0;
  return status;
}

/** Whether a stage is certainly a program: its name is known before expansion and is neither a builtin nor a function. */
function isProgram(shell: Shell, command: Command): boolean {
  if (command.type !== "simple") return false;
  const parts = command.words[0]?.parts;
  const name = parts?.length === 1 && (parts[0]!.type === "literal" || parts[0]!.type === "quoted") ? parts[0]!.text : undefined;
  return name !== undefined && !/[*?[~]/.test(name) && !builtins.has(name) && !shell.state.functions.has(name);
}

function runStages(shell: Shell, commands: readonly Command[]): number {
  const own = commands.findLastIndex((command) => !isProgram(shell, command));
  // What is interrupted together must be one group: the stage that runs here is in the shell's.
  const group = shell.controlsJobs && own < 0 ? "new" : undefined;
  const started = startStages(shell, commands, own, group);
  if ("problem" in started) { shell.complain(started.problem); return 2; }
  const { job, input, output } = started;

  let ownStatus = 0;
  if (own >= 0) {
    try {
      ownStatus = shell.subshell(() => {
        if (input >= 0) shell.system.redirect(input, 0);
        if (output >= 0) shell.system.redirect(output, 1);
        return runCommand(shell, commands[own]!);
      });
    } finally {
      for (const fd of [input, output]) if (fd >= 0) shell.system.close(fd);
    }
    job.processes[own]!.ended = { pid: 0, state: "exited", status: ownStatus, signal: 0, reason: "" };
  }
  if (job.processes.length === 0) return ownStatus;
  if (group === undefined) {
    job.group = 0;
    return awaitInGroup(shell, job);
  }
  return awaitForeground(shell, job);
}

/** Await processes of the shell's own group: the terminal stays as it is. */
function awaitInGroup(shell: Shell, job: Job): number {
  let interrupted = false;
  while (shell.jobs.waitFor(job, false) === "interrupted") interrupted = true;
  for (const { ended } of job.processes) if (ended && ended.reason !== "") shell.complain(ended.reason);
  if (interrupted) shell.interrupt();
  return shell.jobs.status(job, shell.state.options.pipefail);
}

/** Start all stages but `own` (-1: all). Gives the ends that `own` reads and writes, -1 for none. */
function startStages(shell: Shell, commands: readonly Command[], own: number, group: number | "new" | undefined): { job: Job; input: number; output: number } | { problem: string } {
  const { system } = shell;
  const processes: JobProcess[] = [];
  let joined = group;
  let input = -1;
  let ownInput = -1;
  let ownOutput = -1;
  for (const [index, command] of commands.entries()) {
    let output = -1;
    let next = -1;
    if (index < commands.length - 1) {
      const made = system.pipe();
      const reader = made instanceof Failure ? made : makePrivate(system, made.reader);
      const writer = made instanceof Failure ? made : makePrivate(system, made.writer);
      if (reader instanceof Failure || writer instanceof Failure) return { problem: `cannot make a pipe: ${(reader instanceof Failure ? reader : (writer as Failure)).message}` };
      next = reader;
      output = writer;
    }
    if (index === own) {
      [ownInput, ownOutput] = [input, output];
      processes.push({ pid: 0, ended: undefined });
    } else {
      const child = startStage(shell, command, input, output, joined);
      if ("message" in child) {
        if (child.message !== "") shell.complain(child.message);
        processes.push({ pid: 0, ended: { pid: 0, state: "exited", status: child.status, signal: 0, reason: "" } });
      } else {
        if (joined === "new") joined = child.group;
        processes.push({ pid: child.pid, ended: undefined });
      }
      for (const fd of [input, output]) if (fd >= 0) system.close(fd);
    }
    input = next;
  }
  return { job: { number: 0, group: typeof joined === "number" ? joined : 0, processes, text: shell.commandText, stopped: false, told: false }, input: ownInput, output: ownOutput };
}

function startStage(shell: Shell, command: Command, input: number, output: number, group: number | "new" | undefined): Child | Refusal {
  const scope = shell.system.enter("descriptors");
  try {
    if (input >= 0) shell.system.redirect(input, 0);
    if (output >= 0) shell.system.redirect(output, 1);
    if (command.type !== "simple" || !isProgram(shell, command)) return spawnShell(shell, [itemOf(command)], group);
    const problem = applyRedirections(shell.system, shell.expansion, command.redirections, shell.state.options.noclobber);
    if (problem !== undefined) return { status: 2, message: problem };
    const fields = expandWords(shell, command.words);
    const assignments = new Map(command.assignments.map(({ name, value }) => [name, shell.expansion.text(value, "assignment")]));
    const child = launch(shell, fields, assignments, group);
    if (!("message" in child)) return child;
    // The message belongs on the stage's own standard error.
    shell.complain(child.message);
    return { status: child.status, message: "" };
  } finally {
    shell.system.leave(scope);
  }
}

function itemOf(command: Command): Item { return { andOr: { first: { negated: false, timed: false, commands: [command] }, rest: [] }, background: false, text: "" }; }

/** A shell of its own for commands that need one, with a copy of this one's state. */
function spawnShell(shell: Shell, body: List, group: number | "new" | undefined): Child | Refusal {
  const handover: Handover = { state: shell.state.toJson(), body };
  const memory = shell.system.memoryFile(encode(JSON.stringify(handover)));
  if (memory instanceof Failure) return { status: 126, message: `cannot start a subshell: ${memory.message}` };
  moveTo(shell.system, memory, STATE_DESCRIPTOR);
  const child = shell.system.spawn({
    path: "/usr/bin/sh", args: ["sh", STATE_OPTION, String(STATE_DESCRIPTOR)], env: shell.state.variables.exported(),
    fds: inherited(shell).set(STATE_DESCRIPTOR, STATE_DESCRIPTOR), handlesInterrupt: true, ...(group === undefined ? {} : { group }),
  });
  shell.system.close(STATE_DESCRIPTOR);
  return child instanceof Failure ? { status: 126, message: `cannot start a subshell: ${child.message}` } : child;
}

/** `list &`: status 0 at once. */
export function runInBackground(shell: Shell, item: Item): number {
  const { first, rest } = item.andOr;
  const group = shell.controlsJobs ? "new" : undefined;
  const scope = shell.system.enter("descriptors");
  let job: Job;
  try {
    if (!shell.controlsJobs) {
      const nothing = shell.system.open("/dev/null", Open.Read);
      if (!(nothing instanceof Failure)) moveTo(shell.system, nothing, 0);
    }
    if (rest.length === 0 && !first.negated && !first.timed && first.commands.every((command) => isProgram(shell, command))) {
      const started = startStages(shell, first.commands, -1, group);
      if ("problem" in started) { shell.complain(started.problem); return 2; }
      job = started.job;
    } else {
      const child = spawnShell(shell, [{ ...item, background: false }], group);
      if ("message" in child) { shell.complain(child.message); return child.status; }
      job = { number: 0, group: child.group, processes: [{ pid: child.pid, ended: undefined }], text: "", stopped: false, told: false };
    }
  } finally {
    shell.system.leave(scope);
  }
  job.text = item.text;
  shell.jobs.add(job);
  shell.state.lastBackground = job.processes.at(-1)!.pid;
  if (shell.interactive && shell.subshells === 0) shell.print(`[${job.number}] ${shell.state.lastBackground}\n`, 2);
  return (shell.state.status = 0);
}
