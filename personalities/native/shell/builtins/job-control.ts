// jobs, fg, bg, wait, kill.

import { Failure } from "../../api/failure.ts";
import { parseSignal, signalName, signalNumbers } from "../../api/signals.ts";
import { awaitForeground } from "../external.ts";
import type { Job } from "../jobs.ts";
import type { Shell } from "../shell.ts";

export function jobs(shell: Shell, args: string[]): number {
  const long = args[0] === "-l";
  const onlyGroups = args[0] === "-p";
  shell.jobs.poll();
  for (const job of [...shell.jobs.all()]) {
    if (onlyGroups) shell.print(`${job.group || job.processes[0]!.pid}\n`);
    else {
      const line = shell.jobs.describe(job);
      shell.print((long ? line.replace(/^(\[\d+\].) /, `$1 ${job.processes.map((one) => one.pid).join(" ")} `) : line) + "\n");
    }
    if (shell.jobs.isDone(job)) shell.jobs.remove(job);
    else job.told = job.stopped;
  }
  return 0;
}

function named(shell: Shell, command: string, name: string | undefined): Job | undefined {
  shell.jobs.poll();
  const job = shell.jobs.find(name ?? "%+");
  if (!job) shell.complain(`${command}: ${name === undefined ? "No current job" : `No such job: ${name}`}`);
  return job;
}

function resume(shell: Shell, job: Job): void {
  job.stopped = false;
  job.told = false;
  shell.system.signal(job.group !== 0 ? { group: job.group } : { pid: job.processes[0]!.pid }, signalNumbers["CONT"]!);
}

export function foreground(shell: Shell, args: string[]): number {
  if (!shell.controlsJobs) { shell.complain("fg: job control is off"); return 2; }
  const job = named(shell, "fg", args[0]);
  if (!job) return 2;
  shell.print(`${job.text}\n`);
  shell.system.setForeground(shell.terminal, job.group);
  if (job.modes !== undefined) shell.system.setTerminalModes(shell.terminal, job.modes);
  if (job.stopped) resume(shell, job);
  return awaitForeground(shell, job);
}

export function background(shell: Shell, args: string[]): number {
  if (!shell.controlsJobs) { shell.complain("bg: job control is off"); return 2; }
  for (const name of args.length > 0 ? args : [undefined]) {
    const job = named(shell, "bg", name);
    if (!job) return 2;
    if (job.stopped) resume(shell, job);
    shell.print(`[${job.number}] ${job.text} &\n`);
  }
  return 0;
}

export function wait(shell: Shell, args: string[]): number {
  const waitFor = (job: Job): number => {
    while (shell.jobs.waitFor(job, false) === "interrupted") shell.interrupt();
    shell.jobs.remove(job);
    return shell.jobs.status(job);
  };
  if (args.length === 0) {
    for (const job of [...shell.jobs.all()]) if (!job.stopped) waitFor(job);
    return 0;
  }
  let status = 0;
  for (const name of args) {
    const job = shell.jobs.find(name);
    status = job ? waitFor(job) : 127;
  }
  return status;
}

export function kill(shell: Shell, args: string[]): number {
  let signal = signalNumbers["TERM"]!;
  let rest = args;
  const first = args[0];
  if (first === "-l") {
    const asked = args.slice(1);
    if (asked.length === 0) shell.print(Object.keys(signalNumbers).join("\n") + "\n");
    for (const one of asked) {
      const number = parseSignal(String(/^\d+$/.test(one) && Number(one) > 128 ? Number(one) - 128 : one));
      if (number === undefined) { shell.complain(`kill: invalid signal number or name: ${one}`); return 1; }
      shell.print(`${/^\d+$/.test(one) ? signalName(number) ?? number : number}\n`);
    }
    return 0;
  }
  if (first === "-d") return killDomains(shell, args.slice(1));
  if (first === "-s" || first === "-n" || (first !== undefined && /^-[A-Za-z0-9]+$/.test(first) && args.length > 1)) {
    const text = first === "-s" || first === "-n" ? args[1] : first.slice(1);
    const number = parseSignal(text ?? "");
    if (number === undefined) { shell.complain(`kill: invalid signal number or name: ${text ?? ""}`); return 1; }
    signal = number;
    rest = args.slice(first === "-s" || first === "-n" ? 2 : 1);
  }
  if (rest[0] === "--") rest = rest.slice(1);
  if (rest.length === 0) { shell.complain("kill: usage: kill [-s SIGNAL | -SIGNAL] PID|%JOB... or kill -l, kill -d DOMAIN..."); return 2; }
  let status = 0;
  for (const name of rest) {
    const job = name.startsWith("%") ? shell.jobs.find(name) : undefined;
    if (!job && !/^-?\d+$/.test(name)) { shell.complain(`kill: No such ${name.startsWith("%") ? "job" : "process"}: ${name}`); status = 1; continue; }
    const pid = Number(name);
    const targets = job ? (job.group !== 0 ? [{ group: job.group }] : job.processes.filter((one) => !one.ended).map(({ pid: one }) => ({ pid: one }))) : [pid < 0 ? { group: -pid } : pid === 0 ? { group: shell.system.group } : { pid }];
    for (const target of targets) {
      const result = shell.system.signal(target, signal);
      if (result instanceof Failure) { shell.complain(`kill: ${name}: ${result.message}`); status = 1; }
    }
    // A stopped job must run to notice that it is to end.
    if (job?.stopped && signal !== signalNumbers["STOP"]) shell.system.signal(job.group !== 0 ? { group: job.group } : { pid: job.processes[0]!.pid }, signalNumbers["CONT"]!);
  }
  return status;
}

function killDomains(shell: Shell, domains: readonly string[]): number {
  const administration = shell.system.administration();
  if (administration instanceof Failure) { shell.complain(`kill: ${administration.message}`); return 1; }
  let status = domains.length === 0 ? 2 : 0;
  for (const domain of domains) {
    const result = /^\d+$/.test(domain) ? administration.kill(Number(domain)) : new Failure("BadArgument");
    if (result instanceof Failure) { shell.complain(`kill: domain ${domain}: ${result.message}`); status = 1; }
  }
  return status;
}
