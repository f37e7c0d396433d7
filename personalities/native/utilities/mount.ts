// mount, umount: file systems by the name they are published under at the name server, those on a disk (DRIVER:NAME), and directories a second time
// (binds). What a mount may do, and how clients reach it, are options that can be changed later.

import { MountFlags } from "../../../abi/generated/ts/enums.ts";
import { parseDiskName } from "../../../lib/ts/disk-access.ts";
import { Failure } from "../api/failure.ts";
import { ensureDisk } from "../storage-tools/create-disk.ts";
import { checkDiskName, diskProblem } from "../storage-tools/open-disk.ts";
import { parseMounts } from "./df.ts";
import { utility, type Tool } from "./utility.ts";

const USAGE = "mount [-t ext2|fat|auto] [-o OPTION,...] [-c SIZE] SOURCE DIRECTORY | mount -B DIRECTORY DIRECTORY | mount -o remount,OPTION,... DIRECTORY\n"
  + "   OPTION: ro, rw; protocol=1 (the VFS forwards each call), 2 (the VFS opens, the file system is called), 3 (the client calls the file system);\n"
  + "   nodata, data (whether cached contents can be read without a call); bind; remount\n"
  + "   -c: if there is no disk SOURCE, make it, with a file system of the type; for overlay: the disk to lay it over, for http: a file of the site";

const PROTOCOL = MountFlags.Forward | MountFlags.ClientSide;
/** What an option sets of the flags that it is about. */
const OPTIONS: Readonly<Record<string, readonly [flags: number, mask: number]>> = {
  ro: [MountFlags.ReadOnly, MountFlags.ReadOnly], rw: [0, MountFlags.ReadOnly], nodata: [MountFlags.NoData, MountFlags.NoData], data: [0, MountFlags.NoData],
  "protocol=1": [MountFlags.Forward, PROTOCOL], "protocol=2": [0, PROTOCOL], "protocol=3": [MountFlags.ClientSide, PROTOCOL],
};

interface Wanted { flags: number; mask: number; bind: boolean; remount: boolean }

function optionsOf(tool: Tool): Wanted {
  const wanted: Wanted = { flags: 0, mask: 0, bind: tool.has("B"), remount: false };
  for (const name of [...tool.has("r") ? ["ro"] : [], ...tool.has("w") ? ["rw"] : [], ...tool.all("o").flatMap((text) => text.split(","))]) {
    const option = OPTIONS[name];
    if (name === "bind") wanted.bind = true;
    else if (name === "remount") wanted.remount = true;
    else if (option) { wanted.flags = wanted.flags & ~option[1] | option[0]; wanted.mask |= option[1]; } else if (name !== "" && name !== "defaults") tool.quit(`unknown option '${name}'; there are ${[...Object.keys(OPTIONS), "bind", "remount"].join(", ")}`);
  }
  return wanted;
}

export const mount = utility({ usage: USAGE, flags: "rwB", values: "otc", long: { create: "c", "read-only": "r", options: "o", types: "t", bind: "B" } }, (tool: Tool) => {
  const { system } = tool, [source, path] = tool.operands, wanted = optionsOf(tool), type = tool.value("t");
  if (source === undefined) {
    const text = system.mounts();
    if (text instanceof Failure) tool.quit(text.message);
    for (const one of parseMounts(text)) tool.out.line(`${one.source} on ${one.path} type ${one.type}${one.flags === "" ? "" : ` (${one.flags})`}`);
    return;
  }
  if (wanted.remount) { remount(tool, path ?? source, wanted); return; }
  if (path === undefined) tool.quit(`usage: ${USAGE}`);
  if (wanted.bind) {
    const bound = system.bind(source, path, wanted.flags);
    if (bound instanceof Failure) tool.quit(bound.error === "Busy" ? placeProblem(path, bound) : `binding ${source} to ${path}: ${bound.message}`, 32);
    return;
  }
  const create = tool.value("c");
  if (create !== undefined) ensureDisk(tool, source, create, type ?? "auto");
  if (type !== undefined || parseDiskName(source)) { mountDisk(tool, type ?? "auto", source, path, wanted.flags); return; }
  const mounted = system.mount(source, path, wanted.flags);
  if (mounted instanceof Failure) tool.quit(mounted.error === "NotFound" ? `${path}: no such directory, or no file system is published as '${source}'` : mounted.error === "Busy" ? placeProblem(path, mounted) : `mounting ${source} on ${path}: ${problem(mounted, wanted.flags)}`, 32);
});

function remount(tool: Tool, path: string, { flags, mask }: Wanted): void {
  if (mask === 0) tool.quit("remount: say what to change, as in 'mount -o remount,ro /mnt'");
  const done = tool.system.remount(path, flags, mask);
  if (done instanceof Failure) tool.quit(`${path}: ${done.error === "BadArgument" ? "not mounted" : problem(done, flags)}`, 32);
}

function problem(failure: Failure, flags: number): string {
  return failure.error === "NotSupported" && flags & MountFlags.ClientSide ? "this file system does not have the third protocol" : failure.message;
}

function mountDisk(tool: Tool, type: string, source: string, path: string, flags: number): void {
  checkDiskName(tool, source);
  const mounted = tool.system.mountDisk(type, source, path, flags);
  if (!mounted.error) {
    if (mounted.readOnly && !(flags & MountFlags.ReadOnly)) tool.complain(`${source} is mounted read-only${mounted.reason === "" ? "" : `: ${mounted.reason.replace(/^read-only: /, "")}`}`, 0);
    else if (mounted.reason !== "") tool.complain(`${source}: ${mounted.reason}`, 0);
    return;
  }
  const failure = Failure.ofNumber(mounted.error);
  switch (mounted.step) {
    case "disk": return tool.quit(diskProblem(tool.system, source, failure), 32);
    case "type": return tool.quit(type === "auto" ? "there are no servers of file systems on disks, or this session may not administer" : `there is no server of file systems of type '${type}', or this session may not administer`, 32);
    case "cache": return tool.quit(`${source}: the buffer cache does not take it: ${failure.message}`, 32);
    case "attach": return tool.quit(`${source}: no ${type === "auto" ? "" : `${type} `}file system that can be mounted: ${mounted.reason === "" ? failure.message : mounted.reason}`, 32);
    case "mount": return tool.quit(placeProblem(path, failure), 32);
  }
}

/** Why nothing can be mounted on a directory. */
function placeProblem(path: string, failure: Failure): string { return `${path}: ${failure.error === "Busy" ? "something is mounted there already" : failure.message}`; }

/** How often, and after how many nanoseconds, umount tries again. */
const PATIENCE = 10, PAUSE = 50_000_000n;
/** Why an unmount is refused whatever the file system has to write: giving it up would be refused, or wrong, as well. */
const REFUSED: readonly string[] = ["Busy", "BadArgument", "NoRight", "NotFound", "AccessDenied"];

export const umount = utility({ usage: "umount [-f] DIRECTORY...   (-f: what its file system cannot write is lost)", flags: "f", long: { force: "f" } }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const path of tool.operands) {
    let done = tool.system.unmount(path);
    // A file system hears a moment later of files that a process had open when it ended.
    for (let tries = 0; tries < PATIENCE && done instanceof Failure && done.error === "Busy"; tries++) {
      tool.system.sleep(PAUSE);
      done = tool.system.unmount(path);
    }
    if (done instanceof Failure && tool.has("f") && !REFUSED.includes(done.error)) done = tool.system.abandon(path);
    if (!(done instanceof Failure)) continue;
    const why = done.error === "Busy" ? "in use: a file is open there, somebody works in it, or something is mounted below" : done.error === "BadArgument" ? "not mounted"
      : done.error === "NoSpace" || done.error === "Io" ? `what is left cannot be written, so it stays mounted (umount -f gives it up): ${done.message}` : done.message;
    tool.complain(`${path}: ${why}`, 32);
  }
});
