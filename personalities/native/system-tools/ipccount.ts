// ipccount: how many calls between domains file operations cost, or a command made. Without a command it does each operation itself a number of times in a
// directory, and reads the kernel's own counters of calls before and after: they count every call and every inline crossing, by caller and server, so the
// figures are exact as long as nobody else is at work there. With a command it records the kernel's events while that runs, and counts them by
// method; what the kernel has overwritten before it was read is told.

import { TRACE_CALL, TRACE_INLINE_ENTER, TRACE_SEND } from "../../../abi/layout/kernel-memory.ts";
import type { CallCount } from "../../../lib/ts/kernel.ts";
import { Failure, type Result } from "../api/failure.ts";
import { Open, type Administration } from "../api/native-system.ts";
import { CommandSearch } from "../shell/command-search.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { administration } from "./domains.ts";
import { labelName } from "./trace-format.ts";

const BLOCK = 4096, STEP = 10_000_000n;

export const ipccount = utility({
  usage: "ipccount [-d DIRECTORY] [-n COUNT] [COMMAND [ARGUMENT...]]   (without a COMMAND: what each file operation costs in DIRECTORY)", values: "dn", stopsAtOperand: true,
}, (tool: Tool) => {
  const admin = administration(tool);
  return tool.operands.length > 0 ? countCommand(tool, admin) : countOperations(tool, admin);
});

// ---- operations

/** Who has called whom since `before`, from this process on: the calls that it made, and those that the servers made for them. */
function since(admin: Administration, before: readonly CallCount[], own: number): Map<string, { from: number; to: number; count: number }> {
  const key = ({ from, to }: CallCount): string => `${from} ${to}`, old = new Map(before.map((row) => [key(row), row.count]));
  const fresh = admin.callCounts().map((row) => ({ from: row.from, to: row.to, count: Number(row.count - (old.get(key(row)) ?? 0n)) })).filter(({ count }) => count > 0);
  const reached = new Set([own]);
  for (let more = true; more;) {
    more = false;
    for (const { from, to } of fresh) if (reached.has(from) && !reached.has(to)) { reached.add(to); more = true; }
  }
  return new Map(fresh.filter(({ from }) => reached.has(from)).map((row) => [`${row.from} ${row.to}`, row]));
}

/** Wait until nobody else calls anybody: servers tidy up after processes that have ended, and what they call then would be counted. A second at most. */
function awaitQuiet(admin: Administration, sleep: (nanoseconds: bigint) => void, own: number): void {
  for (let round = 0, before = admin.callCounts(); round < 50; round++) {
    sleep(2n * STEP);
    const now = admin.callCounts(), total = (rows: readonly CallCount[]): bigint => rows.reduce((sum, { from, count }) => from === own ? sum : sum + count, 0n);
    if (total(now) === total(before)) return;
    before = now;
  }
}

function countOperations(tool: Tool, admin: Administration): number {
  const { system } = tool, times = tool.number("n") ?? 16, directory = `${tool.value("d") ?? "."}/.ipccount-${system.pid}`;
  if (times < 1) tool.quit(`invalid number: '${times}'`);
  const processes = system.processes(), own = processes instanceof Failure ? undefined : processes.find(({ pid }) => pid === system.pid)?.domain;
  if (own === undefined) tool.quit("cannot find out which domain this is");
  const must = <T>(what: string, result: Result<T>): T => result instanceof Failure ? tool.quit(`${what}: ${result.message}`) : result;
  const names = new Map(admin.domains().map(({ domain, name, placement }) => [domain, { name: name || `domain ${domain}`, placement }]));
  const nameOf = (domain: number): string => domain === own ? "" : names.get(domain)?.name ?? `domain ${domain}`;
  const rows: string[][] = [];
  const measure = (what: string, run: (index: number) => void): void => {
    const before = admin.callCounts();
    for (let index = 0; index < times; index++) run(index);
    const made = [...since(admin, before, own!).values()], each = (count: number): string => String(Math.round(100 * count / times) / 100);
    rows.push([what, each(made.reduce((sum, { count }) => sum + count, 0)), made.map(({ from, to, count }) => `${nameOf(from)}→${nameOf(to)} ${each(count)}`).join(", ")]);
  };
  const data = new Uint8Array(BLOCK).fill(0x2a), path = (index: number): string => `${directory}/f${index}`, open: number[] = [];

  must(directory, system.makeDirectory(directory));
  try {
    // What is asked once (the mount table, the file system of a mount) is no part of an operation.
    must(directory, system.stat(directory));
    awaitQuiet(admin, (nanoseconds) => { system.sleep(nanoseconds); }, own);
    measure("create", (index) => { open[index] = must("create", system.open(path(index), Open.Read | Open.Write | Open.Create)); });
    measure("write 4 KiB", (index) => { must("write", system.write(open[index]!, data)); });
    for (const fd of open) must("seek", system.seek(fd, 0, 0));
    measure("overwrite 4 KiB", (index) => { must("write", system.write(open[index]!, data)); });
    for (const fd of open) must("close", system.close(fd));
    measure("open", (index) => { open[index] = must("open", system.open(path(index), Open.Read)); });
    // The first read may have to fetch; a re-read is what SawMill measured.
    for (const fd of open) { must("read", system.read(fd, BLOCK)); must("seek", system.seek(fd, 0, 0)); }
    measure("read 4 KiB, cached", (index) => { must("read", system.read(open[index]!, BLOCK)); });
    measure("fstat", (index) => { must("fstat", system.fstat(open[index]!)); });
    measure("close", (index) => { must("close", system.close(open[index]!)); });
    measure("stat", (index) => { must("stat", system.stat(path(index))); });
    measure("rename", (index) => { must("rename", system.rename(path(index), `${directory}/g${index}`)); });
    measure("list directory", () => { must("list", system.readDirectory(directory)); });
    measure("unlink", (index) => { must("unlink", system.unlink(`${directory}/g${index}`)); });
    measure("make directory", (index) => { must("make directory", system.makeDirectory(path(index))); });
    measure("remove directory", (index) => { must("remove directory", system.removeDirectory(path(index))); });
  } finally {
    for (let index = 0; index < times; index++) { system.unlink(path(index)); system.unlink(`${directory}/g${index}`); system.removeDirectory(path(index)); }
    system.removeDirectory(directory);
  }
  tool.out.text(table(["OPERATION", "CALLS>", "BETWEEN"], rows));
  return 0;
}

// ---- a command

function countCommand(tool: Tool, admin: Administration): number {
  const { system } = tool, command = tool.operands[0]!, found = new CommandSearch(system).find(command, system.env.get("PATH"));
  if (!("path" in found)) tool.quit(found.message, 127);
  const processes = system.processes(), own = processes instanceof Failure ? -1 : processes.find(({ pid }) => pid === system.pid)?.domain ?? -1;
  const recording = admin.setTrace(true);
  if (recording instanceof Failure) tool.quit(`cannot record: ${recording.message}`);
  const counts = new Map<string, { from: string; to: string; label: number; count: number; inline: number }>();
  let last = admin.trace(0n).at(-1)?.sequence ?? 0n, lost = 0n, status = 0;
  let names = new Map<number, string>();
  const name = (domain: number): string => names.get(domain) || `domain ${domain}`;
  const take = (): void => {
    const events = admin.trace(last), newest = events.at(-1)?.sequence ?? last;
    for (const { domain, name: known } of admin.domains()) if (known !== "") names.set(domain, known);
    lost += newest - last - BigInt(events.length);
    last = newest;
    for (const { kind, domain, peer, label } of events) {
      if (kind !== TRACE_CALL && kind !== TRACE_SEND && kind !== TRACE_INLINE_ENTER) continue;
      const [from, to] = kind === TRACE_INLINE_ENTER ? [peer, domain] : [domain, peer];
      if (from === own) continue;
      const key = `${from} ${to} ${label}`, row = counts.get(key) ?? { from: name(from), to: name(to), label, count: 0, inline: 0 };
      row.count++;
      if (kind === TRACE_INLINE_ENTER) row.inline++;
      counts.set(key, row);
    }
  };
  try {
    const child = system.spawn({ path: found.path, args: tool.operands, env: system.env });
    if (child instanceof Failure) tool.quit(`${command}: ${child.message}`, 126);
    for (;;) {
      const ended = system.wait(child.pid, { block: false });
      take();
      if (ended instanceof Failure ? ended.error !== "Interrupted" : ended) { if (!(ended instanceof Failure)) status = ended!.status; break; }
      if (system.interrupted()) system.signal({ pid: child.pid }, 2);
      system.sleep(STEP);
    }
  } finally { admin.setTrace(false); }
  const rows = [...counts.values()].sort((a, b) => b.count - a.count);
  tool.out.text(table(["CALLS>", "INLINE>", "FROM", "TO", "METHOD"], rows.map(({ from, to, label, count, inline }) => [String(count), String(inline), from, to, labelName(label)])));
  tool.out.line(`${rows.reduce((sum, { count }) => sum + count, 0)} calls`);
  if (lost > 0n) tool.complain(`at least ${lost} events were overwritten before they could be read: the figures are too small`, 0);
  return status;
}
