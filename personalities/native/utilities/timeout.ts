// timeout: runs a command, and ends it if it takes too long.

import { Signal } from "../../../abi/generated/ts/enums.ts";
import { Failure } from "../api/failure.ts";
import { parseSignal } from "../api/signals.ts";
import { finish, start } from "./running.ts";
import { seconds } from "./sleep.ts";
import { utility, type Tool } from "./utility.ts";

const TIMED_OUT = 124, CANNOT = 125, STEP = 10_000_000n;

export const timeout = utility({
  usage: "timeout [-v] [-s SIGNAL] [-k SECONDS] SECONDS[smhd] COMMAND [ARGUMENT...]", flags: "vfp", values: "sk", stopsAtOperand: true, wrong: CANNOT,
  long: { signal: "s", "kill-after": "k", verbose: "v", foreground: "f", "preserve-status": "p" },
}, (tool: Tool) => {
  const { system } = tool, [limit, ...command] = tool.operands;
  if (limit === undefined || command.length === 0) tool.quit("an operand is missing: timeout SECONDS COMMAND", CANNOT);
  const duration = (text: string): number => seconds(text) ?? tool.quit(`invalid time interval '${text}'`, CANNOT);
  const name = tool.value("s") ?? "TERM", signal = parseSignal(name) ?? tool.quit(`'${name}': invalid signal`, CANNOT);
  const steps: [number, number][] = [[duration(limit), signal], ...(tool.value("k") === undefined ? [] : [[duration(tool.value("k")!), Signal.Kill] as [number, number]])];
  const child = start(tool, command);
  if ("status" in child) return child.status;
  let sent = 0;
  for (const [wait, number] of steps) {
    const end = wait === 0 || wait === Infinity ? undefined : system.monotonic() + BigInt(Math.round(wait * 1e9));
    for (;;) {
      const ended = system.wait(child.pid, { block: false });
      if (ended instanceof Failure) { if (ended.error !== "Interrupted") tool.quit(`${command[0]}: ${ended.message}`, CANNOT); }
      else if (ended) {
        if (ended.reason !== "") tool.complain(`${command[0]}: ${ended.reason}`);
        return sent === 0 || tool.has("p") ? ended.status : sent === Signal.Kill ? 128 + sent : TIMED_OUT;
      }
      if (end !== undefined && system.monotonic() >= end) break;
      system.sleep(STEP);
    }
    if (tool.has("v")) tool.complain(`sending signal ${number} to command '${command[0]}'`, 0);
    system.signal({ pid: child.pid }, number);
    sent = number;
    // What is stopped must go on to end.
    if (number !== Signal.Kill) system.signal({ pid: child.pid }, Signal.Continue);
  }
  const status = finish(tool, child.pid, command[0]!);
  return tool.has("p") ? status : sent === Signal.Kill ? 128 + sent : TIMED_OUT;
});
