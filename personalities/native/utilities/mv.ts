// mv: names changed; between file systems by copying.

import { Failure } from "../api/failure.ts";
import { confirm, copy, destinations } from "./copying.ts";
import { remove } from "./removing.ts";
import { utility, type Tool } from "./utility.ts";

export const mv = utility({ usage: "mv [-finTuv] SOURCE... TARGET", flags: "finTuv", values: "t", long: { force: "f", interactive: "i", "no-clobber": "n", verbose: "v", update: "u", "target-directory": "t", "no-target-directory": "T" } }, (tool: Tool) => {
  const { system } = tool;
  for (const { from, to } of destinations(tool, tool.value("t"), tool.has("T"))) {
    const [source, target] = [system.stat(from, false), system.stat(to, false)];
    if (source instanceof Failure) { tool.complain(`cannot stat '${from}': ${source.message}`); continue; }
    if (!(target instanceof Failure)) {
      if (tool.has("n")) continue;
      if (tool.has("u") && target.modified >= source.modified) continue;
      if (source.inode === target.inode && source.device === target.device && source.kind !== "directory") { tool.complain(`'${from}' and '${to}' are the same file`); continue; }
      if (target.kind === "directory" && source.kind !== "directory") { tool.complain(`cannot overwrite directory '${to}' with non-directory`); continue; }
      if (tool.has("i") && !confirm(tool, `overwrite '${to}'? `)) continue;
    }
    const moved = system.rename(from, to);
    if (moved instanceof Failure) {
      if (moved.error !== "CrossDevice") { tool.complain(moved.error === "BadArgument" ? `cannot move '${from}' to a subdirectory of itself, '${to}'` : `cannot move '${from}' to '${to}': ${moved.message}`); continue; }
      if (!copy(tool, from, to, { recursive: true, preserve: true, follow: false, force: true, noClobber: false, verbose: false, interactive: false, update: false })) continue;
      if (!remove(tool, from, { recursive: true, force: false, verbose: false, interactive: false, emptyDirectories: true })) continue;
    }
    if (tool.has("v")) tool.out.line(`renamed '${from}' -> '${to}'`);
  }
});
