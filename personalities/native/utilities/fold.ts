// fold: long lines broken.

import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const fold = utility({ usage: "fold [-bs] [-w WIDTH] [FILE...]", flags: "bs", values: "w", number: "w", long: { width: "w", spaces: "s", bytes: "b" } }, (tool: Tool) => {
  const width = tool.number("w") ?? 80;
  if (width < 1) tool.quit(`invalid number of columns: '${width}'`);
  tool.eachInput((fd) => {
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) {
      let rest = [...line];
      while (rest.length > width) {
        let cut = width;
        if (tool.has("s")) { const blank = rest.slice(0, width).lastIndexOf(" "); if (blank >= 0) cut = blank + 1; }
        reader.put(tool.out, rest.slice(0, cut).join("") + "\n");
        rest = rest.slice(cut);
      }
      reader.put(tool.out, rest.join("") + (reader.ended ? "\n" : ""));
    }
  });
});
