// tac: lines in reverse order.

import { decode } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

export const tac = utility({ usage: "tac [FILE...]" }, (tool: Tool) => {
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const data = tool.read(path);
    if (!data) continue;
    tool.out.text(decode(data).split(/(?<=\n)/).reverse().join(""));
  }
});
