// Copying files and trees, for cp and for mv between file systems.

import { Failure } from "../api/failure.ts";
import { Open, type Stat } from "../api/native-system.ts";
import { encode, writeAll } from "../api/streams.ts";
import { join } from "./paths.ts";
import type { Tool } from "./utility.ts";

export interface CopyOptions { recursive: boolean; preserve: boolean; follow: boolean; force: boolean; noClobber: boolean; verbose: boolean; interactive: boolean; update: boolean }

/** What one operand is copied as. Directories that were made for it may lie in what is copied; they are no part of it. Links that are followed may lead
 *  back to where they lie in: that has no end. */
class Copying {
  private readonly made = new Set<string>();
  private readonly above = new Set<string>();
  private complained = false;

  constructor(readonly tool: Tool, private readonly from: string, private readonly to: string) {}

  make(directory: Stat): void { this.made.add(keyOf(directory)); }

  /** Whether the source directory is to be entered: then `leave` it. Complaints have been made, one of all those that were made. */
  enter(path: string, directory: Stat): boolean {
    const key = keyOf(directory);
    if (this.made.has(key)) {
      if (!this.complained) this.tool.complain(`cannot copy a directory, '${this.from}', into itself, '${this.to}'`);
      this.complained = true;
      return false;
    }
    if (this.above.has(key)) { this.tool.complain(`cannot copy cyclic symbolic link '${path}'`); return false; }
    this.above.add(key);
    return true;
  }

  leave(directory: Stat): void { this.above.delete(keyOf(directory)); }
}

const keyOf = ({ device, inode }: Stat): string => `${device}:${inode}`;

/** Whether it went well; complaints have been made. */
export function copy(tool: Tool, from: string, to: string, options: CopyOptions, copying?: Copying): boolean {
  const { system } = tool;
  const stat = system.stat(from, options.follow || (!copying && !options.recursive));
  if (stat instanceof Failure) { tool.complain(`cannot stat '${from}': ${stat.message}`); return false; }
  const target = system.stat(to);
  const exists = !(target instanceof Failure);
  if (stat.kind === "directory") {
    const whole = copying ?? new Copying(tool, from, to);
    if (!whole.enter(from, stat)) return false;
    const good = copyDirectory(whole, from, to, stat, exists ? target : undefined, options);
    whole.leave(stat);
    return good;
  }
  if (exists && keyOf(target) === keyOf(stat)) { tool.complain(`'${from}' and '${to}' are the same file`); return false; }
  if (exists && target.kind === "directory") { tool.complain(`cannot overwrite directory '${to}' with non-directory`); return false; }
  if (exists && options.noClobber) return true;
  if (exists && options.update && target.modified >= stat.modified) return true;
  if (exists && options.interactive && !confirm(tool, `overwrite '${to}'? `)) return true;
  let good: boolean;
  if (stat.kind === "link") {
    const contents = tool.check(system.readLink(from), from);
    if (contents === undefined) return false;
    if (exists || !(system.stat(to, false) instanceof Failure)) system.unlink(to);
    good = tool.check(system.symbolicLink(contents, to), `cannot create symbolic link '${to}'`) !== undefined;
  } else good = copyFile(tool, from, to, stat, exists, options);
  if (good && options.preserve && stat.kind !== "link") keepAttributes(tool, to, stat);
  if (good && options.verbose) tool.out.line(`'${from}' -> '${to}'`);
  return good;
}

export function confirm(tool: Tool, question: string): boolean {
  tool.out.flush();
  writeAll(tool.system, 2, encode(`${tool.name}: ${question}`));
  let answer = "";
  for (;;) {
    const data = tool.system.read(0, tool.system.isTerminal(0) ? 4096 : 1);
    if (data instanceof Failure || data.length === 0) break;
    answer += new TextDecoder().decode(data);
    if (answer.includes("\n")) break;
  }
  return /^\s*[yY]/.test(answer);
}

function keepAttributes(tool: Tool, path: string, stat: Stat): void {
  tool.system.setMode(path, stat.mode);
  tool.system.setTimes(path, { accessed: stat.accessed, modified: stat.modified });
}

function copyDirectory(copying: Copying, from: string, to: string, stat: Stat, target: Stat | undefined, options: CopyOptions): boolean {
  const { tool } = copying, { system } = tool;
  if (!options.recursive) { tool.complain(`-r not specified; omitting directory '${from}'`); return false; }
  if (target && keyOf(target) === keyOf(stat)) { tool.complain(`'${from}' and '${to}' are the same file`); return false; }
  if (target && target.kind !== "directory") { tool.complain(`cannot overwrite non-directory '${to}' with directory '${from}'`); return false; }
  if (!target) {
    if (tool.check(system.makeDirectory(to, stat.mode | 0o700), `cannot create directory '${to}'`) === undefined) return false;
    const made = tool.check(system.stat(to), `cannot stat '${to}'`);
    if (!made) return false;
    copying.make(made);
    if (options.verbose) tool.out.line(`'${from}' -> '${to}'`);
  }
  const entries = tool.check(system.readDirectory(from), `cannot access '${from}'`);
  let good = entries !== undefined;
  for (const { name } of entries ?? []) if (name !== "." && name !== "..") good = copy(tool, join(from, name), join(to, name), options, copying) && good;
  if (options.preserve) keepAttributes(tool, to, stat);
  return good;
}

function copyFile(tool: Tool, from: string, to: string, stat: Stat, exists: boolean, options: CopyOptions): boolean {
  const { system } = tool;
  const source = tool.check(system.open(from, Open.Read), `cannot open '${from}' for reading`);
  if (source === undefined) return false;
  let target = system.open(to, Open.Write | Open.Create | Open.Truncate, stat.mode & 0o777);
  if (target instanceof Failure && exists && options.force) { system.unlink(to); target = system.open(to, Open.Write | Open.Create | Open.Truncate, stat.mode & 0o777); }
  let good = true;
  if (target instanceof Failure) { tool.complain(`cannot create regular file '${to}': ${target.message}`); good = false; }
  else {
    for (;;) {
      const data = system.read(source, 65536);
      if (data instanceof Failure) { tool.complain(`error reading '${from}': ${data.message}`); good = false; break; }
      if (data.length === 0) break;
      const written = writeAll(system, target, data);
      if (written instanceof Failure) { tool.complain(`error writing '${to}': ${written.message}`); good = false; break; }
    }
    system.close(target);
  }
  system.close(source);
  return good;
}

/** Where each of `sources` goes: into `target` if that is a directory. Ends the program if the operands do not fit. */
export function destinations(tool: Tool, into: string | undefined, noDirectory: boolean): { from: string; to: string }[] {
  const operands = [...tool.operands];
  const target = into ?? operands.pop();
  if (target === undefined || operands.length === 0) tool.quit(target === undefined ? "missing file operand" : `missing destination file operand after '${target}'`);
  const stat = tool.system.stat(target);
  const isDirectory = !noDirectory && !(stat instanceof Failure) && stat.kind === "directory";
  if (!isDirectory && (operands.length > 1 || into !== undefined)) tool.quit(`target '${target}' is not a directory`);
  return operands.map((from) => ({ from, to: isDirectory ? join(target, from.replace(/(.)\/+$/, "$1").replace(/^.*\//, "") || ".") : target }));
}
