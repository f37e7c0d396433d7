// date: the time, in any form. (It cannot be set: the browser keeps it.)

import { Failure } from "../api/failure.ts";
import { formatDate, parseDate } from "./dates.ts";
import { utility, type Tool } from "./utility.ts";

export const date = utility({ usage: "date [-uR] [-I[FMT]] [-d DATE | -r FILE | @SECONDS] [+FORMAT]", flags: "uRI", values: "dr\x01", long: { utc: "u", date: "d", reference: "r", "rfc-email": "R", "iso-8601": "\x01" } }, (tool: Tool) => {
  const { system } = tool;
  const zone = tool.has("u") ? "UTC" : system.env.get("TZ");
  let time = system.now();
  const [text, reference] = [tool.value("d"), tool.value("r")];
  if (text !== undefined) time = parseDate(text, time, zone) ?? tool.quit(`invalid date '${text}'`);
  if (reference !== undefined) {
    const stat = system.stat(reference);
    if (stat instanceof Failure) tool.quit(`${reference}: ${stat.message}`);
    time = stat.modified;
  }
  const operand = tool.operands[0];
  if (operand !== undefined && !operand.startsWith("+")) tool.quit(`cannot set date: Operation not permitted`);
  const iso: Readonly<Record<string, string>> = { "": "%F", date: "%F", hours: "%FT%H%:z", minutes: "%FT%H:%M%:z", seconds: "%FT%T%:z", ns: "%FT%T,%N%:z" };
  const format = operand?.slice(1) ?? (tool.has("R") ? "%a, %d %b %Y %T %z" : tool.has("I") ? "%F" : tool.has("\x01") ? iso[tool.value("\x01")!] ?? "%F" : "%a %b %e %T %Z %Y");
  tool.out.line(formatDate(format, time, zone));
  return 0;
});
