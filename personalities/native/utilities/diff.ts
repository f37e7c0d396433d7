// diff: how two files, or trees with -r, differ: in the normal form, or unified with -u.

import { structuredPatch } from "diff";
import { Failure } from "../api/failure.ts";
import { decode } from "../api/streams.ts";
import { fullDate } from "./dates.ts";
import { baseName, join } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

const NO_NEWLINE = "\\ No newline at end of file";

/** Whether they differ; undefined after a complaint. */
function compare(tool: Tool, a: string, b: string, inTree: boolean): boolean | undefined {
  const { system } = tool;
  const [x, y] = [tool.read(a), tool.read(b)];
  if (!x || !y) return undefined;
  if (x.length === y.length && x.every((byte, at) => byte === y[at])) { if (tool.has("s")) tool.out.line(`Files ${a} and ${b} are identical`); return false; }
  if (x.includes(0) || y.includes(0)) { tool.out.line(`Binary files ${a} and ${b} differ`); return true; }
  const unified = tool.has("u") || tool.has("U");
  const context = unified ? tool.number("U") ?? 3 : 0;
  const patch = structuredPatch(a, b, decode(x), decode(y), "", "", { context, ignoreWhitespace: tool.has("b") || tool.has("w") });
  if (patch.hunks.length === 0) return false;
  if (tool.has("q")) { tool.out.line(`Files ${a} and ${b} differ`); return true; }
  if (inTree) tool.out.line(`diff ${tool.given.map(({ letter, value }) => `-${letter}${value}`).join(" ")} ${a} ${b}`.replace("  ", " "));
  if (unified) {
    const time = (path: string) => { const stat = system.stat(path); return stat instanceof Failure ? "" : `\t${fullDate(stat.modified, system.env.get("TZ"))}`; };
    tool.out.line(`--- ${a}${time(a)}\n+++ ${b}${time(b)}`);
  }
  for (const { oldStart, oldLines, newStart, newLines, lines } of patch.hunks) {
    if (unified) {
      const range = (start: number, count: number) => (count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`);
      tool.out.line(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`);
      for (const line of lines) tool.out.line(paint(tool, line));
      continue;
    }
    const removed = lines.filter((line) => line.startsWith("-"));
    const added = lines.filter((line) => line.startsWith("+"));
    const span = (start: number, count: number) => (count > 1 ? `${start},${start + count - 1}` : `${start}`);
    const letter = removed.length === 0 ? "a" : added.length === 0 ? "d" : "c";
    // What is empty is named by the line before it.
    const before = (start: number, count: number) => (count === 0 ? `${start - 1}` : span(start, count));
    tool.out.line(`${before(oldStart, oldLines)}${letter}${before(newStart, newLines)}`);
    let side = "";
    for (const line of lines) {
      if (line.startsWith("\\")) { tool.out.line(NO_NEWLINE); continue; }
      if (side === "-" && line[0] === "+") tool.out.line("---");
      side = line[0]!;
      tool.out.line(`${side === "-" ? "<" : ">"} ${line.slice(1)}`);
    }
  }
  return true;
}


function paint(tool: Tool, line: string): string {
  if (!tool.system.isTerminal(1) || tool.value("\x01") === "never") return line;
  return line.startsWith("-") ? `\x1b[31m${line}\x1b[0m` : line.startsWith("+") ? `\x1b[32m${line}\x1b[0m` : line;
}

function compareTrees(tool: Tool, a: string, b: string): boolean {
  const { system } = tool;
  const list = (path: string) => { const entries = tool.check(system.readDirectory(path), path); return new Set((entries ?? []).map(({ name }) => name).filter((name) => name !== "." && name !== "..")); };
  const [left, right] = [list(a), list(b)];
  let different = false;
  for (const name of [...new Set([...left, ...right])].sort()) {
    const [x, y] = [join(a, name), join(b, name)];
    if (!right.has(name) || !left.has(name)) { different = true; tool.out.line(`Only in ${right.has(name) ? b : a}: ${name}`); continue; }
    const [p, q] = [system.stat(x), system.stat(y)];
    if (p instanceof Failure || q instanceof Failure) { tool.complain(`${p instanceof Failure ? x : y}: ${(p instanceof Failure ? p : q as Failure).message}`, 2); continue; }
    if (p.kind === "directory" && q.kind === "directory") { if (tool.has("r")) different = compareTrees(tool, x, y) || different; else tool.out.line(`Common subdirectories: ${x} and ${y}`); }
    else different = (compare(tool, x, y, true) ?? true) || different;
  }
  return different;
}

export const diff = utility({ usage: "diff [-bqrsuwN] [-U LINES] FILE1 FILE2", flags: "bqrsuwNa", values: "U\x01", wrong: 2, long: { unified: "u", brief: "q", recursive: "r", "report-identical-files": "s", "ignore-space-change": "b", "ignore-all-space": "w", color: "\x01" } }, (tool: Tool) => {
  let [a, b] = tool.operands;
  if (a === undefined || b === undefined) tool.quit("missing operand", 2);
  const kind = (path: string) => { if (path === "-") return "regular"; const stat = tool.system.stat(path); return stat instanceof Failure ? tool.quit(`${path}: ${stat.message}`, 2) : stat.kind; };
  const [x, y] = [kind(a), kind(b)];
  if (x === "directory" && y === "directory") return Math.max(compareTrees(tool, a, b) ? 1 : 0, tool.status);
  if (x === "directory") a = join(a, baseName(b));
  if (y === "directory") b = join(b, baseName(a));
  const different = compare(tool, a, b, false);
  return different === undefined ? 2 : different ? 1 : 0;
});
