// rm: names removed; with -r, trees.

import { baseName } from "./paths.ts";
import { remove } from "./removing.ts";
import { utility, type Tool } from "./utility.ts";

export const rm = utility({ usage: "rm [-dfiRrv] FILE...", flags: "dfiIRrv", long: { recursive: "r", force: "f", interactive: "i", verbose: "v", dir: "d" } }, (tool: Tool) => {
  if (tool.operands.length === 0 && !tool.has("f")) tool.quit("missing operand");
  for (const path of tool.operands) {
    if (path.replace(/\/+$/, "") === "" && path !== "") { tool.complain("it is dangerous to operate recursively on '/'"); continue; }
    if (baseName(path) === "." || baseName(path) === "..") { tool.complain(`refusing to remove '.' or '..' directory: skipping '${path}'`); continue; }
    remove(tool, path, { recursive: tool.has("r") || tool.has("R"), force: tool.has("f"), verbose: tool.has("v"), interactive: tool.has("i") && !tool.has("f"), emptyDirectories: tool.has("d") });
  }
});
