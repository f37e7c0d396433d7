// ps: processes; with -d, all domains of the system with their servers.

import { Failure } from "../api/failure.ts";
import { calendar } from "./dates.ts";
import { humanSize } from "./sizes.ts";
import { table } from "./table.ts";
import { utility, type Tool } from "./utility.ts";

export const ps = utility({ usage: "ps [-adefl] [-p PID]", flags: "adeflAxuj", values: "po" }, (tool: Tool) => {
  const { system } = tool;
  if (tool.has("d")) return domains(tool);
  const rows = system.processes();
  if (rows instanceof Failure) tool.quit(rows.message);
  const wanted = tool.value("p")?.split(",").map(Number);
  const now = calendar(system.now(), system.env.get("TZ"));
  const started = (time: bigint) => {
    const at = calendar(time, system.env.get("TZ"));
    return at.yearDay === now.yearDay && at.year === now.year ? `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}` : `${at.year}-${at.month + 1}-${at.day}`;
  };
  const shown = rows.filter(({ pid }) => !wanted || wanted.includes(pid));
  tool.out.text(table(
    ["PID>", "PPID>", "PGID>", "DOMAIN>", "TTY", "STATE", "STARTED", "KIND", "COMMAND"],
    shown.map((row) => [row.pid, row.parent, row.group, row.domain, row.terminal < 0 ? "-" : `tty${row.terminal}`, row.state, started(row.started), row.personality, row.name].map(String)),
  ));
  return wanted && shown.length === 0 ? 1 : tool.status;
});

function domains(tool: Tool): number {
  const administration = tool.system.administration();
  if (administration instanceof Failure) tool.quit(`domains: ${administration.message}`);
  const processes = tool.system.processes();
  const pids = new Map((processes instanceof Failure ? [] : processes).map(({ domain, pid }) => [domain, pid]));
  const rows = administration.domains().filter(({ state }) => state !== "unused");
  tool.out.text(table(
    ["DOMAIN>", "NAME", "PID>", "STATE", "PLACEMENT", "CAPS>", "FRAMES>", "MEMORY>", "CALLS>", "SERVED>", "CPU>", "DOING"],
    rows.map((row) => [row.domain, row.name, pids.get(row.domain) ?? "-", row.state, row.placement, `${row.caps}/${row.capQuota}`, `${row.frames}/${row.frameQuota}`, humanSize(row.memory), row.calls, row.served, `${(Number(row.cpuTime) / 1e9).toFixed(2)}s`, row.activity].map(String)),
  ));
  return 0;
}
