// time: how long a command took.

import { encode, writeAll } from "../api/streams.ts";
import { describeTimes } from "../shell/times.ts";
import { run } from "./running.ts";
import { utility, type Tool } from "./utility.ts";

export const time = utility({ usage: "time [-p] COMMAND [ARGUMENT...]", flags: "p", stopsAtOperand: true }, (tool: Tool) => {
  const started = tool.system.monotonic();
  const status = run(tool, tool.operands);
  const elapsed = tool.system.monotonic() - started;
  writeAll(tool.system, 2, encode(tool.has("p") ? `real ${(Number(elapsed) / 1e9).toFixed(2)}\n` : describeTimes(elapsed)));
  return status;
});
