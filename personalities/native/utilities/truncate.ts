// truncate: a file's size.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

export const truncate = utility({ usage: "truncate [-c] {-s [+|-]SIZE | -r FILE} FILE...", flags: "c", values: "sr", long: { "no-create": "c", size: "s", reference: "r" } }, (tool: Tool) => {
  const { system } = tool;
  const text = tool.value("s");
  const reference = tool.value("r");
  if (text === undefined && reference === undefined) tool.quit("you must specify either '--size' or '--reference'");
  if (tool.operands.length === 0) tool.quit("missing file operand");
  const match = text === undefined ? null : /^([-+<>/%]?)(\d.*)$/.exec(text);
  const amount = match ? parseSize(match[2]!) : undefined;
  if (text !== undefined && amount === undefined) tool.quit(`Invalid number: '${text}'`);
  let base = 0;
  if (reference !== undefined) {
    const stat = system.stat(reference);
    if (stat instanceof Failure) tool.quit(`cannot stat '${reference}': ${stat.message}`);
    base = stat.size;
  }
  for (const path of tool.operands) {
    const existing = system.stat(path);
    if (existing instanceof Failure && tool.has("c")) continue;
    const fd = tool.check(system.open(path, Open.Write | Open.Create), `cannot open '${path}' for writing`);
    if (fd === undefined) continue;
    const old = reference !== undefined ? base : existing instanceof Failure ? 0 : existing.size;
    const size = amount === undefined ? base : match![1] === "+" ? old + amount : match![1] === "-" ? Math.max(old - amount, 0) : match![1] === "<" ? Math.min(old, amount) : match![1] === ">" ? Math.max(old, amount) : match![1] === "/" ? old - (old % amount) : match![1] === "%" ? Math.ceil(old / amount) * amount : amount;
    tool.check(system.setSize(fd, size), `failed to truncate '${path}'`);
    system.close(fd);
  }
});
