// cut: parts of each line, by bytes, characters or fields.

import { encode } from "../api/streams.ts";
import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

/** Whether position n (from 1) is selected. */
export function parseRanges(text: string): ((n: number) => boolean) | undefined {
  const ranges: [number, number][] = [];
  for (const part of text.split(/[, ]/)) {
    const match = /^(?:(\d+)(?:(-)(\d*))?|-(\d+))$/.exec(part);
    if (!match) return undefined;
    const from = Number(match[1] ?? 1);
    const to = match[4] !== undefined ? Number(match[4]) : match[2] === undefined ? from : match[3] === "" ? Infinity : Number(match[3]);
    if (from < 1 || to < from) return undefined;
    ranges.push([from, to]);
  }
  return (n) => ranges.some(([from, to]) => n >= from && n <= to);
}

export const cut = utility({ usage: "cut {-b LIST | -c LIST | -f LIST [-d CHAR] [-s]} [--complement] [FILE...]", flags: "sn\x01", values: "bcfd\x02", long: { bytes: "b", characters: "c", fields: "f", delimiter: "d", "only-delimited": "s", complement: "\x01", "output-delimiter": "\x02" } }, (tool: Tool) => {
  const which = (["b", "c", "f"] as const).filter((letter) => tool.has(letter));
  if (which.length !== 1) tool.quit(which.length === 0 ? "you must specify a list of bytes, characters, or fields" : "only one type of list may be specified");
  const base = parseRanges(tool.value(which[0]!)!);
  if (!base) tool.quit(`invalid list: '${tool.value(which[0]!)}'`);
  const selected = tool.has("\x01") ? (n: number) => !base(n) : base;
  const delimiter = tool.value("d") ?? "\t";
  if ([...delimiter].length > 1) tool.quit("the delimiter must be a single character");
  const joiner = tool.value("\x02") ?? delimiter;
  tool.eachInput((fd, path) => {
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) {
      let text: string;
      if (which[0] === "f") {
        if (!line.includes(delimiter)) { if (!tool.has("s")) tool.out.text(line + "\n"); continue; }
        text = line.split(delimiter).filter((_, index) => selected(index + 1)).join(joiner);
      } else if (which[0] === "c") text = [...line].filter((_, index) => selected(index + 1)).join("");
      else { tool.out.bytes(encode(line).filter((_, index) => selected(index + 1))); tool.out.text("\n"); continue; }
      tool.out.text(text + "\n");
    }
    if (reader.failure) tool.complain(`${path}: ${reader.failure.message}`);
  });
});
