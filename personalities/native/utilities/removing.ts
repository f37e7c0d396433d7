// Removing trees, for rm and for mv between file systems.

import { Failure } from "../api/failure.ts";
import { confirm } from "./copying.ts";
import { join } from "./paths.ts";
import type { Tool } from "./utility.ts";

export interface RemoveOptions { recursive: boolean; force: boolean; verbose: boolean; interactive: boolean; emptyDirectories: boolean }

export function remove(tool: Tool, path: string, options: RemoveOptions): boolean {
  const { system } = tool;
  const stat = system.stat(path, false);
  if (stat instanceof Failure) {
    if (options.force && (stat.error === "NotFound" || stat.error === "NotDirectory")) return true;
    tool.complain(`cannot remove '${path}': ${stat.message}`);
    return false;
  }
  if (stat.kind === "directory") {
    if (!options.recursive) {
      if (!options.emptyDirectories) { tool.complain(`cannot remove '${path}': Is a directory`); return false; }
    } else {
      if (options.interactive && !confirm(tool, `descend into directory '${path}'? `)) return true;
      const entries = tool.check(system.readDirectory(path), `cannot remove '${path}'`);
      if (!entries) return false;
      let good = true;
      for (const { name } of entries) if (name !== "." && name !== "..") good = remove(tool, join(path, name), options) && good;
      if (!good) return false;
    }
    if (options.interactive && !confirm(tool, `remove directory '${path}'? `)) return true;
    if (tool.check(system.removeDirectory(path), `cannot remove '${path}'`) === undefined) return false;
    if (options.verbose) tool.out.line(`removed directory '${path}'`);
    return true;
  }
  if (options.interactive && !confirm(tool, `remove '${path}'? `)) return true;
  if (tool.check(system.unlink(path), `cannot remove '${path}'`) === undefined) return false;
  if (options.verbose) tool.out.line(`removed '${path}'`);
  return true;
}
