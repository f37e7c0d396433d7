// mkdir: new directories; with -p those on the way too.

import { Failure } from "../api/failure.ts";
import { changeMode } from "./modes.ts";
import { utility, type Tool } from "./utility.ts";

export const mkdir = utility({ usage: "mkdir [-pv] [-m MODE] DIRECTORY...", flags: "pv", values: "m", long: { parents: "p", mode: "m", verbose: "v" } }, (tool: Tool) => {
  const { system } = tool;
  if (tool.operands.length === 0) tool.quit("missing operand");
  const text = tool.value("m");
  const mode = text === undefined ? undefined : changeMode(text, 0o777, true, system.umask);
  if (text !== undefined && mode === undefined) tool.quit(`invalid mode '${text}'`);
  const make = (path: string, last: boolean): boolean => {
    const made = system.makeDirectory(path);
    if (made instanceof Failure) {
      const stat = tool.has("p") ? system.stat(path) : made;
      if (!(stat instanceof Failure) && stat.kind === "directory") return true;
      tool.complain(`cannot create directory '${path}': ${made.message}`);
      return false;
    }
    if (last && mode !== undefined) system.setMode(path, mode);
    if (tool.has("v")) tool.out.line(`mkdir: created directory '${path}'`);
    return true;
  };
  for (const path of tool.operands) {
    if (!tool.has("p")) { make(path, true); continue; }
    const parts = path.split("/");
    for (let at = 1; at <= parts.length; at++) {
      const part = parts.slice(0, at).join("/");
      if (part !== "" && parts[at - 1] !== "" && !make(part, at === parts.length)) break;
    }
  }
});
