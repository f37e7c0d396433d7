// fold: long lines broken.

import { decode, encode } from "../api/streams.ts";
import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const fold = utility({ usage: "fold [-bs] [-w WIDTH] [FILE...]", flags: "bs", values: "w", number: "w", long: { width: "w", spaces: "s", bytes: "b" } }, (tool: Tool) => {
  const width = tool.number("w") ?? 80;
  if (width < 1) tool.quit(`invalid number of columns: '${width}'`);
  tool.eachInput((fd) => {
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) {
      let rest = tool.has("b") ? Array.from(encode(line), (byte) => decode(Uint8Array.of(byte))) : [...line];
      while (rest.length > width) {
        let cut = width;
        if (tool.has("s")) { const blank = rest.slice(0, width).lastIndexOf(" "); if (blank >= 0) cut = blank + 1; }
        tool.out.text(rest.slice(0, cut).join("") + "\n");
        rest = rest.slice(cut);
      }
      tool.out.text(rest.join("") + (reader.ended ? "\n" : ""));
    }
  });
});
