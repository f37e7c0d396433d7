// trace: what the kernel does, as it does it; or into a file for a trace viewer. Recording is on while it runs. Its own calls are left out.

import type { TraceEvent } from "../../../lib/ts/kernel.ts";
import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { encode, writeAll } from "../api/streams.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { CommandSearch } from "../shell/command-search.ts";
import { administration, findDomain } from "./domains.ts";
import { describeEvent, labelName, TraceJson } from "./trace-format.ts";

const STEP = 100_000_000n;

export const trace = utility({
  usage: "trace [-s SERVER] [-l LABEL] [-n COUNT] [-t SECONDS] [-o FILE] [COMMAND [ARGUMENT...]]   (LABEL: 'file.read', or 'file' for all of an interface; with a COMMAND, until that ends; else until ^C)",
  values: "slnto", stopsAtOperand: true,
}, (tool: Tool) => {
  const { system } = tool;
  const admin = administration(tool);
  const server = tool.value("s");
  const only = server === undefined ? undefined : findDomain(tool, admin.domains(), server).domain;
  const label = tool.value("l");
  const limit = tool.number("n") ?? Infinity;
  const seconds = tool.value("t");
  if (seconds !== undefined && !(Number(seconds) > 0)) tool.quit(`invalid number of seconds '${seconds}'`);
  const processes = system.processes();
  const own = processes instanceof Failure ? -1 : processes.find(({ pid }) => pid === system.pid)?.domain ?? -1;
  const file = tool.value("o");
  const output = file === undefined ? undefined : system.open(file, Open.Write | Open.Create | Open.Truncate);
  if (output instanceof Failure) tool.quit(`${file}: ${output.message}`);

  let names = new Map<number, string>();
  const name = (domain: number): string => {
    if (!names.has(domain)) names = new Map(admin.domains().filter(({ state }) => state !== "unused").map((one) => [one.domain, one.name]));
    return names.get(domain) || `domain ${domain}`;
  };
  const wanted = (event: TraceEvent): boolean =>
    event.domain !== own && event.peer !== own
    && (only === undefined || event.domain === only || event.peer === only)
    && (label === undefined || labelName(event.label) === label || labelName(event.label).startsWith(`${label}.`));

  const started = admin.setTrace(true);
  if (started instanceof Failure) tool.quit(`cannot record: ${started.message}`);
  let last = admin.trace(0n).at(-1)?.sequence ?? 0n;
  let child = 0;
  if (tool.operands.length > 0) {
    const found = new CommandSearch(system).find(tool.operands[0]!, system.env.get("PATH"));
    const spawned = "path" in found ? system.spawn({ path: found.path, args: tool.operands, env: system.env }) : undefined;
    if (!spawned || spawned instanceof Failure) { admin.setTrace(false); tool.quit("path" in found ? `${tool.operands[0]}: ${(spawned as Failure).message}` : found.message, 127); }
    child = spawned.pid;
  }
  const json = new TraceJson();
  let count = 0;
  let first = true;
  let status = 0;
  if (output !== undefined) writeAll(system, output, encode("[\n"));
  const take = () => {
    const events = admin.trace(last);
    last = events.at(-1)?.sequence ?? last;
    let text = "";
    for (const event of events) {
      if (!wanted(event) || count >= limit) continue;
      count++;
      if (output === undefined) tool.out.line(describeEvent(event, name));
      else for (const line of json.entries(event, name)) { text += (first ? "" : ",\n") + line; first = false; }
    }
    if (output !== undefined && text !== "") writeAll(system, output, encode(text));
    tool.out.flush();
  };
  const end = seconds === undefined ? undefined : system.monotonic() + BigInt(Math.round(Number(seconds) * 1e9));
  try {
    while (count < limit && (end === undefined || system.monotonic() < end)) {
      if (child !== 0) {
        const ended = system.wait(child, { block: false });
        if (ended instanceof Failure ? ended.error !== "Interrupted" : ended) { if (!(ended instanceof Failure)) status = ended!.status; take(); break; }
      }
      if (system.interrupted()) { if (child !== 0) system.signal({ pid: child }, 2); else break; }
      system.sleep(child !== 0 ? STEP / 10n : STEP);
      take();
    }
  } finally {
    admin.setTrace(false);
    if (output !== undefined) { writeAll(system, output, encode("\n]\n")); system.close(output); }
  }
  if (output !== undefined) tool.out.line(`${count} events in ${file}`);
  return status;
});
