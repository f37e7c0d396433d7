// What `time` and `times` print. `time` measures what has elapsed; `times` shows processor time as far as the kernel accounts for it.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";

export function describeTimes(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  return `\nreal\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s\n`;
}

function minutes(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(6)}s`;
}

/** User and system time of the process, then of its children; children that have ended leave no account. */
export function processorTimes(system: NativeSystem): string {
  const administration = system.administration();
  const processes = system.processes();
  if (administration instanceof Failure || processes instanceof Failure) return "0m0.000000s 0m0.000000s\n0m0.000000s 0m0.000000s\n";
  const spent = new Map(administration.domains().map(({ domain, cpuTime }) => [domain, cpuTime]));
  const total = (wanted: (pid: number, parent: number) => boolean) => processes.filter(({ pid, parent }) => wanted(pid, parent)).reduce((sum, { domain }) => sum + (spent.get(domain) ?? 0n), 0n);
  return `${minutes(total((pid) => pid === system.pid))} 0m0.000000s\n${minutes(total((_, parent) => parent === system.pid))} 0m0.000000s\n`;
}
