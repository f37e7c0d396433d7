// rev: each line backwards.

import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const rev = utility({ usage: "rev [FILE...]" }, (tool: Tool) => {
  tool.eachInput((fd) => {
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) tool.out.text([...line].reverse().join("") + (reader.ended ? "\n" : ""));
  });
});
