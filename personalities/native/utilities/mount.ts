// mount, umount: file systems by the name they are published under at the name server; with -t those on a disk, DRIVER:NAME.

import { Failure } from "../api/failure.ts";
import { checkDiskName, diskProblem } from "../storage-tools/open-disk.ts";
import { parseMounts } from "./df.ts";
import { utility, type Tool } from "./utility.ts";

export const mount = utility({ usage: "mount [-r] [-o ro|rw] [[-t ext2|fat] SOURCE DIRECTORY]", flags: "rw", values: "ot", long: { "read-only": "r", options: "o", types: "t" } }, (tool: Tool) => {
  const { system } = tool;
  const [source, path] = tool.operands;
  if (source === undefined) {
    const text = system.mounts();
    if (text instanceof Failure) tool.quit(text.message);
    for (const one of parseMounts(text)) tool.out.line(`${one.source} on ${one.path} type ${one.type}${one.flags === "" ? "" : ` (${one.flags})`}`);
    return;
  }
  if (path === undefined) tool.quit("usage: mount [-r] SOURCE DIRECTORY");
  const readOnly = tool.has("r") || tool.all("o").some((options) => options.split(",").includes("ro"));
  const type = tool.value("t");
  if (type !== undefined) { mountDisk(tool, type, source, path, readOnly); return; }
  const mounted = system.mount(source, path, readOnly);
  if (mounted instanceof Failure) tool.quit(mounted.error === "NotFound" ? `${path}: no such directory, or no file system is published as '${source}'` : `mounting ${source} on ${path}: ${mounted.message}`, 32);
});

function mountDisk(tool: Tool, type: string, source: string, path: string, readOnly: boolean): void {
  checkDiskName(tool, source);
  const mounted = tool.system.mountDisk(type, source, path, readOnly);
  if (!mounted.error) {
    if (mounted.readOnly && !readOnly) tool.complain(`${source} is mounted read-only${mounted.reason === "" ? "" : `: ${mounted.reason.replace(/^read-only: /, "")}`}`, 0);
    return;
  }
  const failure = Failure.ofNumber(mounted.error);
  switch (mounted.step) {
    case "disk": return tool.quit(diskProblem(tool.system.disks(), source, failure), 32);
    case "type": return tool.quit(`there is no server of file systems of type '${type}', or this session may not administer`, 32);
    case "cache": return tool.quit(`${source}: the buffer cache does not take it: ${failure.message}`, 32);
    case "attach": return tool.quit(`${source}: no ${type} file system that can be mounted: ${mounted.reason === "" ? failure.message : mounted.reason}`, 32);
    case "mount": return tool.quit(`${path}: ${failure.message}`, 32);
  }
}

export const umount = utility({ usage: "umount DIRECTORY...", flags: "fl" }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const path of tool.operands) tool.check(tool.system.unmount(path), path);
});
