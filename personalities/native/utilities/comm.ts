// comm: what two sorted files have in common.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { compareBytes, LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const comm = utility({ usage: "comm [-123] FILE1 FILE2", flags: "123" }, (tool: Tool) => {
  const [a, b] = tool.operands;
  if (a === undefined || b === undefined) tool.quit("missing operand");
  const open = (path: string): LineReader => {
    if (path === "-") return new LineReader(tool.system, 0);
    const fd = tool.system.open(path, Open.Read);
    return fd instanceof Failure ? tool.quit(`${path}: ${fd.message}`) : new LineReader(tool.system, fd);
  };
  const [left, right] = [open(a), open(b)];
  const put = (column: number, line: string) => {
    if (tool.has(String(column))) return;
    tool.out.line("\t".repeat([1, 2].filter((one) => one < column && !tool.has(String(one))).length) + line);
  };
  let [x, y] = [left.next(), right.next()];
  while (x !== undefined || y !== undefined) {
    const order = x === undefined ? 1 : y === undefined ? -1 : compareBytes(x, y);
    if (order < 0) { put(1, x!); x = left.next(); }
    else if (order > 0) { put(2, y!); y = right.next(); }
    else { put(3, x!); x = left.next(); y = right.next(); }
  }
  return 0;
});
