// paste: lines of several files side by side.

import { Open } from "../api/native-system.ts";
import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const paste = utility({ usage: "paste [-s] [-d LIST] [FILE...]", flags: "s", values: "d", long: { serial: "s", delimiters: "d" } }, (tool: Tool) => {
  const { system } = tool;
  const list = [...(tool.value("d") ?? "\t").replace(/\\([nt\\0])/g, (_, c: string) => ({ n: "\n", t: "\t", "\\": "\\", "0": "\0" })[c]!)].map((c) => (c === "\0" ? "" : c));
  const delimiter = (index: number) => list[index % list.length] ?? "";
  const standard = new LineReader(system, 0);
  const readers: LineReader[] = [];
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    if (path === "-") { readers.push(standard); continue; }
    const fd = tool.check(system.open(path, Open.Read), path);
    if (fd === undefined) return 1;
    readers.push(new LineReader(system, fd));
  }
  const join = (lines: readonly string[]) => lines.map((line, index) => (index === 0 ? line : delimiter(index - 1) + line)).join("");
  if (tool.has("s")) { for (const reader of readers) tool.out.line(join([...reader])); return 0; }
  for (;;) {
    const row = readers.map((reader) => reader.next());
    if (row.every((line) => line === undefined)) return 0;
    tool.out.line(join(row.map((line) => line ?? "")));
  }
});
