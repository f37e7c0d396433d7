// mount, umount: file systems by the name they are published under at the name server.

import { Failure } from "../api/failure.ts";
import { parseMounts } from "./df.ts";
import { utility, type Tool } from "./utility.ts";

export const mount = utility({ usage: "mount [-r] [-o ro|rw] [SOURCE DIRECTORY]", flags: "rw", values: "ot", long: { "read-only": "r", options: "o", types: "t" } }, (tool: Tool) => {
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
  const mounted = system.mount(source, path, readOnly);
  if (mounted instanceof Failure) tool.quit(mounted.error === "NotFound" ? `${path}: no such directory, or no file system is published as '${source}'` : `mounting ${source} on ${path}: ${mounted.message}`, 32);
});

export const umount = utility({ usage: "umount DIRECTORY...", flags: "fl" }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const path of tool.operands) tool.check(tool.system.unmount(path), path);
});
