// Starting programs and awaiting them.

import { Failure, type Result } from "../api/failure.ts";
import { Open, type Child, type SpawnRequest } from "../api/native-system.ts";
import { describeSignal } from "../api/signals.ts";
import { LineInterrupted } from "./control-flow.ts";
import type { Job } from "./jobs.ts";
import { FIRST_PRIVATE } from "./redirection.ts";
import type { Shell } from "./shell.ts";

/** What could not be started, with the status that says so. */
export interface Refusal { status: number; message: string }

const SHELL = "/usr/bin/sh";
/** Programs that take note of interrupts themselves. */
const handlers = new Set(["sh", "trace"]);

/** Descriptors 0–9 as they are now. */
export function inherited(shell: Shell): Map<number, number> {
  const fds = new Map<number, number>();
  for (let fd = 0; fd < FIRST_PRIVATE; fd++) if (shell.system.isOpen(fd)) fds.set(fd, fd);
  return fds;
}

/** Start a program found on the PATH, with the descriptors as they are. */
export function launch(shell: Shell, fields: readonly string[], assignments: ReadonlyMap<string, string>, group: number | "new" | undefined): Child | Refusal {
  const name = fields[0]!;
  const searchPath = assignments.get("PATH") ?? shell.state.variables.get("PATH");
  const env = new Map([...shell.state.variables.exported(), ...assignments]);
  const found = shell.search.find(name, searchPath);
  if (!("path" in found)) return found;
  let child = start(shell, found.path, fields, env, group);
  if (child instanceof Failure && child.error === "NotFound" && !name.includes("/")) {
    shell.search.forget();
    const again = shell.search.find(name, searchPath);
    if (!("path" in again)) return again;
    child = start(shell, again.path, fields, env, group);
  }
  if (!(child instanceof Failure)) return child;
  if (child.error === "BadProgram") {
    // As POSIX has it: a text file that no loader knows is a shell script.
    if (!looksBinary(shell, found.path)) {
      const script = start(shell, SHELL, ["sh", found.path, ...fields.slice(1)], env, group);
      if (!(script instanceof Failure)) return script;
    }
    return { status: 126, message: child.detail === "" ? `${name}: cannot execute binary file: ${child.message}` : named(name, child.detail) };
  }
  return { status: child.error === "NotFound" ? 127 : 126, message: child.error === "NotFound" ? `${name}: not found` : named(name, child.message) };
}

/** A reason with the program's name before it, unless it says that itself. */
function named(name: string, reason: string): string { return reason.startsWith(`${name}: `) ? reason : `${name}: ${reason}`; }

function start(shell: Shell, path: string, args: readonly string[], env: ReadonlyMap<string, string>, group: number | "new" | undefined): Result<Child> {
  const request: SpawnRequest = { path, args, env, fds: inherited(shell), handlesInterrupt: handlers.has(path.replace(/.*\//, "")) };
  return shell.system.spawn(group === undefined ? request : { ...request, group });
}

function looksBinary(shell: Shell, path: string): boolean {
  const fd = shell.system.open(path, Open.Read);
  if (fd instanceof Failure) return true;
  const head = shell.system.read(fd, 256);
  shell.system.close(fd);
  return head instanceof Failure || head.length === 0 ? false : head.includes(0) || new TextDecoder().decode(head).includes("\ufffd");
}

export function runForeground(shell: Shell, fields: readonly string[], assignments: ReadonlyMap<string, string>): number {
  const child = launch(shell, fields, assignments, shell.controlsJobs ? "new" : undefined);
  if ("message" in child) { shell.complain(child.message); return child.status; }
  return awaitForeground(shell, { number: 0, group: child.group, processes: [{ pid: child.pid, ended: undefined }], text: fields.join(" "), stopped: false, told: false });
}

/** Give a job the terminal until it ends or stops; its status. */
export function awaitForeground(shell: Shell, job: Job): number {
  const { system, terminal } = shell;
  const owns = shell.controlsJobs;
  const before = owns ? system.terminal(terminal) : undefined;
  if (owns) system.setForeground(terminal, job.group);
  let interrupted = false;
  let outcome = shell.jobs.waitFor(job, owns);
  while (outcome === "interrupted") {
    interrupted = true;
    outcome = shell.jobs.waitFor(job, owns);
  }
  const signalled = job.processes.some((one) => (one.ended?.signal ?? 0) !== 0);
  if (owns) {
    const after = system.terminal(terminal);
    system.setForeground(terminal, system.group);
    if (outcome === "stopped" && !(after instanceof Failure)) job.modes = after.modes;
    if ((outcome === "stopped" || signalled) && before && !(before instanceof Failure)) system.setTerminalModes(terminal, before.modes);
  }
  if (outcome === "stopped") {
    job.told = true;
    shell.jobs.add(job);
    shell.print(`\n${shell.jobs.describe(job)}\n`, 2);
    return 148;
  }
  shell.jobs.remove(job);
  for (const { ended } of job.processes) if (ended && ended.reason !== "") shell.complain(named(job.text.split(/\s/)[0]!, ended.reason));
  const last = job.processes.at(-1)!.ended!;
  if (last.signal === 2 && owns) {
    shell.print("\n", 2);
    shell.state.status = 130;
    throw new LineInterrupted();
  }
  if (last.signal !== 0 && last.signal !== 2 && last.signal !== 13 && last.reason === "") shell.complain(describeSignal(last.signal));
  if (interrupted || (last.signal === 2 && !shell.interactive && system.interrupted())) shell.interrupt();
  return shell.jobs.status(job, shell.state.options.pipefail);
}
