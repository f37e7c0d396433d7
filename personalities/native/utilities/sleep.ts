// sleep: waits.

import { Failure } from "../api/failure.ts";
import { utility, type Tool } from "./utility.ts";

const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

/** `1.5h` and the like; undefined if it is no time. */
export function seconds(text: string): number | undefined {
  if (text === "infinity" || text === "inf") return Infinity;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * units[match[2]!]! : undefined;
}

export const sleep = utility({ usage: "sleep NUMBER[smhd]..." }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  const all = tool.operands.reduce((sum, text) => sum + (seconds(text) ?? tool.quit(`invalid time interval '${text}'`)), 0);
  // A wait takes its time in steps, so that one for ever is possible.
  const end = all === Infinity ? undefined : tool.system.monotonic() + BigInt(Math.round(all * 1e9));
  for (;;) {
    const left = end === undefined ? 3_600_000_000_000n : end - tool.system.monotonic();
    if (left <= 0n) return 0;
    const slept = tool.system.sleep(left < 3_600_000_000_000n ? left : 3_600_000_000_000n);
    if (slept instanceof Failure) return slept.error === "Interrupted" ? 130 : tool.quit(slept.message);
  }
});
