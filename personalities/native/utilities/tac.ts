// tac: lines in reverse order.

import { decodeAny, encodeAny } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const tac = utility({ usage: "tac [FILE...]" }, (tool: Tool) => {
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const data = tool.read(path);
    if (!data) continue;
    const { text, binary } = decodeAny(data);
    const lines = text.split(/(?<=\n)/);
    tool.out.bytes(encodeAny(lines.reverse().join(""), binary));
  }
});
