// cmp: the first difference between two files, or each. They are read side by side and no further than they are compared, as either may have no end.

import { Failure } from "../api/failure.ts";
import { Open, type NativeSystem } from "../api/native-system.ts";
import { readAll } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

const BLOCK = 65536;
/** Digits of the highest offset there can be, where nothing says how far one gets. */
const WIDEST = 19;

/** Digits of the offsets of differences. */
function width(system: NativeSystem, fds: readonly number[], limit: number): number {
  const sizes = fds.map((fd) => system.fstat(fd)).flatMap((stat) => stat instanceof Failure || stat.kind !== "regular" ? [] : [stat.size]), most = Math.min(limit, ...sizes);
  return Number.isFinite(most) ? String(most).length : WIDEST;
}

export const cmp = utility({ usage: "cmp [-ls] [-n BYTES] FILE1 [FILE2]", flags: "lsb", values: "n", wrong: 2, long: { quiet: "s", silent: "s", verbose: "l", bytes: "n" } }, (tool: Tool) => {
  const [a, b = "-"] = tool.operands, { system } = tool;
  if (a === undefined) tool.quit("missing operand", 2);
  if (a === b) return 0;
  const open = (path: string): number | undefined => path === "-" ? 0 : tool.check(system.open(path, Open.Read), path);
  const [x, y] = [open(a), open(b)];
  if (x === undefined || y === undefined) return 2;
  const limit = tool.number("n") ?? Infinity, all = tool.has("l"), silent = tool.has("s"), digits = all ? width(system, [x, y], limit) : 0;
  let line = 1, different = false, last = 0;
  for (let done = 0; done < limit;) {
    const wanted = Math.min(BLOCK, limit - done), left = tool.check(readAll(system, x, wanted), a), right = tool.check(readAll(system, y, wanted), b);
    if (!left || !right) return 2;
    const length = Math.min(left.length, right.length);
    for (let at = 0; at < length; at++) {
      const [one, other] = [left[at]!, right[at]!];
      if (one !== other) {
        if (silent) return 1;
        different = true;
        if (!all) { tool.out.line(`${a} ${b} differ: byte ${done + at + 1}, line ${line}`); return 1; }
        tool.out.line(`${String(done + at + 1).padStart(digits)} ${one.toString(8).padStart(3)} ${other.toString(8).padStart(3)}`);
      }
      if (one === 10) line++;
      last = left.length < right.length ? one : other;
    }
    done += length;
    if (left.length !== right.length) {
      const where = done === 0 ? " which is empty" : ` after byte ${done}${all ? "" : `, ${last === 10 ? `line ${line - 1}` : `in line ${line}`}`}`;
      if (!silent) tool.complain(`EOF on ${left.length < right.length ? a : b}${where}`);
      return 1;
    }
    if (length < wanted) break;
  }
  return different ? 1 : 0;
});
