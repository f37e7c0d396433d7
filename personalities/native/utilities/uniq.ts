// uniq: adjacent equal lines once.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { Output } from "../api/streams.ts";
import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

export const uniq = utility({ usage: "uniq [-cdDiu] [-f FIELDS] [-s CHARS] [-w CHARS] [INPUT [OUTPUT]]", flags: "cdDiu", values: "fsw", long: { count: "c", repeated: "d", unique: "u", "ignore-case": "i", "skip-fields": "f", "skip-chars": "s", "check-chars": "w" } }, (tool: Tool) => {
  const [input, output] = tool.operands;
  let fd = 0;
  if (input !== undefined && input !== "-") {
    const opened = tool.check(tool.system.open(input, Open.Read), input);
    if (opened === undefined) return 1;
    fd = opened;
  }
  let out = tool.out;
  if (output !== undefined) {
    const opened = tool.check(tool.system.open(output, Open.Write | Open.Create | Open.Truncate), output);
    if (opened === undefined) return 1;
    out = new Output(tool.system, opened);
  }
  const fields = tool.number("f") ?? 0;
  const skip = tool.number("s") ?? 0;
  const width = tool.number("w");
  const keyOf = (line: string): string => {
    let key = line;
    for (let field = 0; field < fields; field++) key = key.replace(/^[ \t]*[^ \t]*/, "");
    key = key.slice(skip, width === undefined ? undefined : skip + width);
    return tool.has("i") ? key.toLowerCase() : key;
  };
  const reader = new LineReader(tool.system, fd);
  let group: string[] = [];
  let count = 0;
  let key = "";
  const finish = () => {
    if (count === 0) return;
    if (tool.has("D")) { if (count > 1) for (const line of group) out.text(line + "\n"); return; }
    if (tool.has("d") && tool.has("u")) return;
    if ((tool.has("d") && count < 2) || (tool.has("u") && count > 1)) return;
    out.text(`${tool.has("c") ? `${String(count).padStart(7)} ` : ""}${group[0]}\n`);
  };
  for (const line of reader) {
    const next = keyOf(line);
    if (count > 0 && next === key) { count++; if (tool.has("D")) group.push(line); continue; }
    finish();
    group = [line];
    key = next;
    count = 1;
  }
  finish();
  if (reader.failure instanceof Failure) tool.complain(`${input ?? "-"}: ${reader.failure.message}`);
  out.flush();
  return tool.status;
});
