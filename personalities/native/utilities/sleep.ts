// sleep: waits.

import { Failure } from "../api/failure.ts";
import { utility, type Tool } from "./utility.ts";

const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

export const sleep = utility({ usage: "sleep NUMBER[smhd]..." }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  let seconds = 0;
  for (const text of tool.operands) {
    const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
    if (text === "infinity" || text === "inf") { seconds = Infinity; continue; }
    if (!match) tool.quit(`invalid time interval '${text}'`);
    seconds += Number(match[1]) * units[match[2]!]!;
  }
  // A wait takes its time in steps, so that one for ever is possible.
  const end = seconds === Infinity ? undefined : tool.system.monotonic() + BigInt(Math.round(seconds * 1e9));
  for (;;) {
    const left = end === undefined ? 3_600_000_000_000n : end - tool.system.monotonic();
    if (left <= 0n) return 0;
    const slept = tool.system.sleep(left < 3_600_000_000_000n ? left : 3_600_000_000_000n);
    if (slept instanceof Failure) return slept.error === "Interrupted" ? 130 : tool.quit(slept.message);
  }
});
