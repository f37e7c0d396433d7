// disk: the disks of all drivers. A disk is DRIVER:NAME; its contents are an image in the layout that every tool knows.

import { Failure, type Result } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { writeAll } from "../api/streams.ts";
import { parseDiskName, type DiskLine } from "../../../lib/ts/disk-access.ts";
import { humanSize } from "../utilities/sizes.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { createDisk } from "./create-disk.ts";
import { checkDiskName, diskProblem, openDisk } from "./open-disk.ts";

const SECTOR = 512, STEP = 1 << 20;
const USAGE = `disk COMMAND
  disk list [-b] [DRIVER]              all disks; -b: sizes in bytes
  disk create DRIVER:NAME SIZE         a disk of zeros (64M, 1G, bytes)
  disk create overlay:NAME DRIVER:BASE what is written to it stays in memory
  disk create http:NAME PATH           a file of the site, read-only
  disk import FILE DRIVER:NAME         a disk with the contents of a file
  disk export DRIVER:NAME FILE         the other way
  disk rename DRIVER:OLD NEW
  disk remove DRIVER:NAME...
  disk info DRIVER:NAME                what it is
  disk stat                            what the buffer cache has done for each`;

type Command = (tool: Tool, operands: readonly string[]) => void;
const COMMANDS: Readonly<Record<string, Command>> = { list, create, import: importFile, export: exportFile, rename, remove, info, stat };

export const disk = utility({ usage: USAGE, flags: "b" }, (tool) => {
  const [name = "", ...operands] = tool.operands, command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return tool.quit(name === "" ? `a command is missing\nusage: ${USAGE}` : `there is no command '${name}'\nusage: ${USAGE}`);
  command(tool, operands);
});

function list(tool: Tool, [wanted]: readonly string[]): void {
  const disks = tool.system.disks(), drivers = disks.drivers();
  if (drivers.length === 0) tool.quit("this session may not administer disks, or there are no disk drivers");
  if (wanted !== undefined && !drivers.includes(wanted)) tool.quit(`there is no disk driver '${wanted}'; there are ${drivers.join(", ")}`);
  const lines: DiskLine[] = [];
  for (const driver of wanted === undefined ? drivers : [wanted]) lines.push(...tool.check(disks.list(driver), `disks of ${driver}`) ?? []);
  if (lines.length === 0) { tool.out.line("there are no disks"); return; }
  const size = (bytes: number): string => (tool.has("b") ? String(bytes) : humanSize(bytes));
  tool.out.text(table(["DISK", "SIZE>", "STATE", "KIND", "FROM"], lines.map((line) => [
    `${line.driver}:${line.name}`, size(line.size), line.open ? "open" : "closed", [line.persistent ? "kept" : "until reload", ...(line.readOnly ? ["read-only"] : [])].join(", "), line.origin,
  ])));
}

function create(tool: Tool, operands: readonly string[]): void {
  const [name, source] = exactly(tool, operands, 2, "create DRIVER:NAME SIZE");
  createDisk(tool, name, source);
}

function importFile(tool: Tool, operands: readonly string[]): void {
  const [path, name] = exactly(tool, operands, 2, "import FILE DRIVER:NAME"), { system } = tool;
  checkDiskName(tool, name);
  const fd = orQuit(tool, path, system.open(path, Open.Read)), { size, kind } = orQuit(tool, path, system.fstat(fd));
  if (kind !== "regular") tool.quit(`${path}: not a regular file`);
  if (size === 0) tool.quit(`${path}: the file is empty`);
  const disks = system.disks();
  must(tool, name, disks.create(name, Math.ceil(size / SECTOR) * SECTOR));
  const target = openDisk(tool, name, false);
  // A disk that has half of the file is worse than none.
  const fail = (message: string): never => {
    target.close();
    disks.remove(name);
    return tool.quit(message);
  };
  for (let at = 0; at < size;) {
    const data = readFully(tool, fd, Math.min(STEP, size - at));
    if (data instanceof Failure) return fail(`${path}: ${data.message}`);
    if (data.length === 0) return fail(`${path}: the file became shorter while it was read`);
    const padded = new Uint8Array(Math.ceil(data.length / SECTOR) * SECTOR);
    padded.set(data);
    const written = target.write(at, padded);
    if (written instanceof Failure) return fail(diskProblem(tool.system, name, written));
    at += data.length;
  }
  const flushed = target.flush();
  if (flushed instanceof Failure) return fail(diskProblem(tool.system, name, flushed));
  target.close();
  system.close(fd);
}

/** As much as was asked for, less only at the end: pieces must stay whole sectors. */
function readFully(tool: Tool, fd: number, length: number): Result<Uint8Array> {
  const data = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const part = tool.system.read(fd, Math.min(65536, length - done));
    if (part instanceof Failure) return part;
    if (part.length === 0) return data.subarray(0, done);
    data.set(part, done);
    done += part.length;
  }
  return data;
}

function exportFile(tool: Tool, operands: readonly string[]): void {
  const [name, path] = exactly(tool, operands, 2, "export DRIVER:NAME FILE"), { system } = tool;
  const source = openDisk(tool, name, true), fd = orQuit(tool, path, system.open(path, Open.Write | Open.Create | Open.Truncate, 0o666));
  for (let at = 0; at < source.size; at += STEP) {
    const data = source.read(at, Math.min(STEP, source.size - at));
    if (data instanceof Failure) tool.quit(diskProblem(system, name, data));
    orQuit(tool, path, writeAll(system, fd, data));
  }
  source.close();
  system.close(fd);
}

function rename(tool: Tool, operands: readonly string[]): void {
  const [from, to] = exactly(tool, operands, 2, "rename DRIVER:OLD NEW"), target = parseDiskName(to);
  checkDiskName(tool, from);
  if (target && target.driver !== parseDiskName(from)!.driver) tool.quit(`${from} cannot become ${to}: a disk stays with its driver ('disk export' and 'disk import' copy it)`);
  if (!target && !/^[A-Za-z0-9._-]{1,63}$/.test(to)) tool.quit(`'${to}' is no name of a disk: letters, digits, '.', '_' and '-'`);
  const done = tool.system.disks().rename(from, to);
  if (done instanceof Failure) tool.quit(diskProblem(tool.system, done.error === "Exists" ? `${parseDiskName(from)!.driver}:${target?.name ?? to}` : from, done));
}

function remove(tool: Tool, operands: readonly string[]): void {
  if (operands.length === 0) tool.quit("usage: disk remove DRIVER:NAME...");
  for (const name of operands) {
    checkDiskName(tool, name);
    const done = tool.system.disks().remove(name);
    if (done instanceof Failure) tool.complain(diskProblem(tool.system, name, done));
  }
}

function info(tool: Tool, operands: readonly string[]): void {
  const [name] = exactly(tool, operands, 1, "info DRIVER:NAME");
  checkDiskName(tool, name);
  const disks = tool.system.disks(), { driver, name: own } = parseDiskName(name)!, lines = disks.list(driver);
  if (lines instanceof Failure) tool.quit(diskProblem(tool.system, name, lines));
  const line = lines.find((each) => each.name === own) ?? tool.quit(diskProblem(tool.system, name, new Failure("NotFound")));
  tool.out.line(`name:     ${name}`);
  tool.out.line(`size:     ${line.size} bytes (${humanSize(line.size)}), ${line.size / SECTOR} sectors of ${SECTOR}`);
  tool.out.line(`contents: ${line.persistent ? "kept by this browser across reloads" : "gone when the page is"}${line.readOnly ? "; read-only" : ""}`);
  if (line.origin !== "") tool.out.line(`from:     ${line.origin}`);
  tool.out.line(`state:    ${line.open ? "open" : "closed"}`);
}

function stat(tool: Tool): void {
  const volumes = tool.system.disks().volumes();
  if (volumes instanceof Failure) tool.quit(`the buffer cache cannot be asked: ${volumes.message}`);
  if (volumes.length === 0) { tool.out.line("no disk is in the buffer cache (none is mounted)"); return; }
  tool.out.text(table(["VOLUME", "PAGES>", "DIRTY>", "HITS>", "MISSES>", "READS>", "WRITES>", "BARRIERS>", "FAILURES>"], volumes.map((one) => [
    one.name, ...[one.pages, one.dirty, one.hits, one.misses, one.diskReads, one.diskWrites, one.barriers, one.failures].map(String),
  ])));
}

function exactly(tool: Tool, operands: readonly string[], count: 1, usage: string): [string];
function exactly(tool: Tool, operands: readonly string[], count: 2, usage: string): [string, string];
function exactly(tool: Tool, operands: readonly string[], count: number, usage: string): string[] {
  return operands.length === count ? [...operands] : tool.quit(`usage: disk ${usage}`);
}

function must(tool: Tool, name: string, result: Result<0>): void { if (result instanceof Failure) tool.quit(diskProblem(tool.system, name, result)); }
function orQuit<T>(tool: Tool, path: string, result: Result<T>): T { return result instanceof Failure ? tool.quit(`${path}: ${result.message}`) : result; }
