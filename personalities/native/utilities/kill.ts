// kill: signals to processes; with -d, the end of domains.

import { Failure } from "../api/failure.ts";
import { parseSignal, signalName, signalNumbers } from "../api/signals.ts";
import { utility, type Tool } from "./utility.ts";

const program = utility({ usage: "kill [-s SIGNAL | -SIGNAL] PID... | kill -l [STATUS...] | kill -d DOMAIN..." }, (tool: Tool) => {
  let words = tool.operands;
  let signal = signalNumbers["TERM"]!;
  const first = words[0];
  if (first === "-l") {
    if (words.length === 1) for (const name of Object.keys(signalNumbers)) tool.out.line(name);
    for (const text of words.slice(1)) { const number = Number(text); tool.out.line(signalName(number > 128 ? number - 128 : number) ?? text); }
    return 0;
  }
  if (first === "-d") {
    const administration = tool.system.administration();
    if (administration instanceof Failure) tool.quit(administration.message);
    for (const text of words.slice(1)) tool.check(/^\d+$/.test(text) ? administration.kill(Number(text)) : new Failure("BadArgument"), `domain ${text}`);
    return tool.status;
  }
  if (first === "-s") { signal = parseSignal(words[1] ?? "") ?? tool.quit(`invalid signal '${words[1] ?? ""}'`); words = words.slice(2); }
  else if (first?.startsWith("-") && words.length > 1 && first !== "--") { signal = parseSignal(first.slice(1)) ?? tool.quit(`invalid signal '${first.slice(1)}'`); words = words.slice(1); }
  if (words[0] === "--") words = words.slice(1);
  if (words.length === 0) tool.quit("no process ID specified");
  for (const text of words) {
    if (!/^-?\d+$/.test(text)) { tool.complain(`failed to parse argument: '${text}'`); continue; }
    const number = Number(text);
    tool.check(tool.system.signal(number < 0 ? { group: -number } : number === 0 ? { group: tool.system.group } : { pid: number }, signal), `(${text})`);
  }
  return tool.status;
});

/** Its operands may begin with a dash. */
export const kill: typeof program = (system) => program(Object.create(system, { args: { value: [system.args[0]!, "--", ...system.args.slice(1)] } }) as typeof system);
