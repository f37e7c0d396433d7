// split: a file in pieces.

import { writeFile } from "../api/streams.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

export const split = utility({ usage: "split [-l LINES | -b BYTES] [-a LENGTH] [-d] [FILE [PREFIX]]", flags: "d", values: "lba", long: { lines: "l", bytes: "b", "suffix-length": "a", "numeric-suffixes": "d" } }, (tool: Tool) => {
  const data = tool.read(tool.operands[0] ?? "-");
  if (!data) return 1;
  const prefix = tool.operands[1] ?? "x";
  const length = tool.number("a") ?? 2;
  const bytes = tool.value("b") === undefined ? undefined : parseSize(tool.value("b")!);
  const lines = tool.number("l") ?? 1000;
  if (tool.has("b") && !bytes) tool.quit(`invalid number of bytes: '${tool.value("b")}'`);
  if (lines < 1) tool.quit(`invalid number of lines: '${lines}'`);
  const base = tool.has("d") ? 10 : 26;
  const suffix = (index: number) => {
    let text = "";
    for (let digit = 0, rest = index; digit < length; digit++, rest = Math.floor(rest / base)) text = (tool.has("d") ? String(rest % base) : String.fromCharCode(97 + (rest % base))) + text;
    return text;
  };
  for (let at = 0, index = 0; at < data.length; index++) {
    let end = at;
    if (bytes) end = Math.min(at + bytes, data.length);
    else for (let line = 0; line < lines && end < data.length; line++) { const newline = data.indexOf(10, end); end = newline < 0 ? data.length : newline + 1; }
    if (index >= base ** length) tool.quit("output file suffixes exhausted");
    if (tool.check(writeFile(tool.system, prefix + suffix(index), data.subarray(at, end)), prefix + suffix(index)) === undefined) return 1;
    at = end;
  }
  return 0;
});
