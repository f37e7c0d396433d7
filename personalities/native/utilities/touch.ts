// touch: files made, or their times set.

import { Failure } from "../api/failure.ts";
import { Open, type Times } from "../api/native-system.ts";
import { parseDate } from "./dates.ts";
import { utility, type Tool } from "./utility.ts";

export const touch = utility({ usage: "touch [-acm] [-d DATE | -r FILE | -t [[CC]YY]MMDDhhmm[.ss]] FILE...", flags: "acmhf", values: "drt", long: { "no-create": "c", date: "d", reference: "r" } }, (tool: Tool) => {
  const { system } = tool;
  if (tool.operands.length === 0) tool.quit("missing file operand");
  let accessed: bigint | "now" = "now";
  let modified: bigint | "now" = "now";
  const [date, reference, stamp] = [tool.value("d"), tool.value("r"), tool.value("t")];
  if (reference !== undefined) {
    const stat = system.stat(reference);
    if (stat instanceof Failure) tool.quit(`failed to get attributes of '${reference}': ${stat.message}`);
    ({ accessed, modified } = stat);
  } else if (date !== undefined || stamp !== undefined) {
    const match = stamp === undefined ? null : /^(\d\d)?(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(stamp);
    if (stamp !== undefined && !match) tool.quit(`invalid date format '${stamp}'`);
    const year = match ? (match[1] !== undefined && match[2] !== undefined ? match[1] + match[2] : match[1] !== undefined ? (Number(match[1]) < 69 ? "20" : "19") + match[1] : String(new Date(Number(system.now() / 1_000_000n)).getUTCFullYear())) : "";
    const text = match ? `${year}-${match[3]}-${match[4]} ${match[5]}:${match[6]}:${match[7] ?? "00"}` : date!;
    const time = parseDate(text, system.now(), system.env.get("TZ"));
    if (time === undefined) tool.quit(`invalid date format '${text}'`);
    accessed = modified = time;
  }
  const times: Times = { ...(tool.has("m") && !tool.has("a") ? {} : { accessed }), ...(tool.has("a") && !tool.has("m") ? {} : { modified }) };
  for (const path of tool.operands) {
    const existing = system.stat(path);
    if (existing instanceof Failure) {
      if (tool.has("c") && existing.error === "NotFound") continue;
      const made = tool.check(system.open(path, Open.Write | Open.Create), `cannot touch '${path}'`);
      if (made === undefined) continue;
      system.close(made);
      if (accessed === "now" && modified === "now") continue;
    }
    tool.check(system.setTimes(path, times), `setting times of '${path}'`);
  }
});
