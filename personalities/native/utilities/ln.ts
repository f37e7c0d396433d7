// ln: hard and symbolic links.

import { Failure } from "../api/failure.ts";
import { baseName, join } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

export const ln = utility({ usage: "ln [-fnsTv] TARGET... [NAME | DIRECTORY]", flags: "fnsTvLP", values: "t", long: { symbolic: "s", force: "f", "no-dereference": "n", verbose: "v", "target-directory": "t" } }, (tool: Tool) => {
  const { system } = tool;
  const targets = [...tool.operands];
  if (targets.length === 0) tool.quit("missing file operand");
  const last = tool.value("t") ?? (targets.length > 1 ? targets.pop()! : ".");
  const stat = system.stat(last, !tool.has("n"));
  const isDirectory = !tool.has("T") && !(stat instanceof Failure) && stat.kind === "directory";
  if (!isDirectory && targets.length > 1) tool.quit(`target '${last}' is not a directory`);
  for (const target of targets) {
    const name = isDirectory ? join(last, baseName(target)) : last;
    if (tool.has("f") && !(system.stat(name, false) instanceof Failure)) system.unlink(name);
    const made = tool.has("s") ? system.symbolicLink(target, name) : system.link(target, name);
    if (made instanceof Failure) {
      const existing = made.error === "NotFound" ? `failed to access '${target}'` : tool.has("s") ? `failed to create symbolic link '${name}'` : `failed to create hard link '${name}'`;
      tool.complain(`${existing}: ${made.message}`);
    } else if (tool.has("v")) tool.out.line(`'${name}' ${tool.has("s") ? "->" : "=>"} '${target}'`);
  }
});
