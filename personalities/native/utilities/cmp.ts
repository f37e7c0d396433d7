// cmp: the first difference between two files.

import { utility, type Tool } from "./utility.ts";

export const cmp = utility({ usage: "cmp [-ls] FILE1 FILE2", flags: "lsb", values: "n", wrong: 2, long: { quiet: "s", silent: "s", verbose: "l", bytes: "n" } }, (tool: Tool) => {
  const [a, b] = tool.operands;
  if (a === undefined) tool.quit("missing operand", 2);
  const [x, y] = [tool.read(a), tool.read(b ?? "-")];
  if (!x || !y) return 2;
  const limit = tool.number("n") ?? Infinity;
  const length = Math.min(x.length, y.length, limit);
  let line = 1;
  let different = false;
  for (let at = 0; at < length; at++) {
    if (x[at] !== y[at]) {
      different = true;
      if (tool.has("s")) return 1;
      if (!tool.has("l")) { tool.out.line(`${a} ${b ?? "-"} differ: byte ${at + 1}, line ${line}`); return 1; }
      tool.out.line(`${String(at + 1).padStart(String(length).length)} ${x[at]!.toString(8).padStart(3)} ${y[at]!.toString(8).padStart(3)}`);
    }
    if (x[at] === 10) line++;
  }
  if (x.length !== y.length && length < limit) {
    if (!tool.has("s")) tool.complain(`EOF on ${x.length < y.length ? a : b ?? "-"}${length === 0 ? " which is empty" : ` after byte ${length}${tool.has("l") ? "" : `, ${(x.length < y.length ? x : y).at(-1) === 10 ? `line ${line - 1}` : `in line ${line}`}`}`}`);
    return 1;
  }
  return different ? 1 : 0;
});
