// which: where a command's program is.

import { CommandSearch, DEFAULT_PATH } from "../shell/command-search.ts";
import { utility, type Tool } from "./utility.ts";

export const which = utility({ usage: "which [-a] NAME...", flags: "as" }, (tool: Tool) => {
  const path = tool.system.env.get("PATH") ?? DEFAULT_PATH;
  for (const name of tool.operands) {
    const places = tool.has("a") ? path.split(":") : [path];
    const found = places.flatMap((place) => { const one = new CommandSearch(tool.system).find(name, place); return "path" in one ? [one.path] : []; });
    if (found.length === 0) tool.status = 1;
    for (const one of found) tool.out.line(one);
  }
});
