// rmdir: empty directories removed; with -p those above too.

import { Failure } from "../api/failure.ts";
import { directoryName } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

export const rmdir = utility({ usage: "rmdir [-pv] DIRECTORY...", flags: "pv\x01", long: { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "\x01" } }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const operand of tool.operands) {
    for (let path = operand.replace(/(.)\/+$/, "$1"); path !== "." && path !== "/"; path = directoryName(path)) {
      const removed = tool.system.removeDirectory(path);
      if (removed instanceof Failure) { if (!(tool.has("\x01") && removed.error === "NotEmpty")) tool.complain(`failed to remove '${path}': ${removed.message}`); break; }
      if (tool.has("v")) tool.out.line(`rmdir: removing directory, '${path}'`);
      if (!tool.has("p")) break;
    }
  }
});
