// nl: lines with numbers.

import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const nl = utility({ usage: "nl [-b a|t|n] [-w WIDTH] [-s SEPARATOR] [-v START] [-i STEP] [FILE...]", values: "bwsvin" }, (tool: Tool) => {
  const style = tool.value("b") ?? "t";
  const width = tool.number("w") ?? 6;
  const separator = tool.value("s") ?? "\t";
  const step = tool.number("i") ?? 1;
  const format = tool.value("n") ?? "rn";
  let number = tool.number("v") ?? 1;
  tool.eachInput((fd, path) => {
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) {
      const counted = style === "a" || (style === "t" && line !== "");
      const text = format === "ln" ? String(number).padEnd(width) : String(number).padStart(width, format === "rz" ? "0" : " ");
      tool.out.text(counted ? `${text}${separator}${line}\n` : line === "" ? `${" ".repeat(width + separator.length)}\n` : `${" ".repeat(width + separator.length)}${line}\n`);
      if (counted) number += step;
    }
    if (reader.failure) tool.complain(`${path}: ${reader.failure.message}`);
  });
});
