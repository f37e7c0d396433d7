// servers: the system's servers, where they are placed and what they have served; and the names they are published under.

import { Failure } from "../api/failure.ts";
import { humanSize } from "../utilities/sizes.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { administration } from "./domains.ts";

export const servers = utility({ usage: "servers [-n]   (-n: only the published names)", flags: "n" }, (tool: Tool) => {
  const names = tool.system.names();
  if (tool.has("n")) {
    for (const name of names instanceof Failure ? tool.quit(names.message) : names) tool.out.line(name);
    return;
  }
  const admin = administration(tool);
  const processes = tool.system.processes();
  const programs = new Set((processes instanceof Failure ? [] : processes).map(({ domain }) => domain));
  const rows = admin.domains().filter(({ state, domain }) => state !== "unused" && !programs.has(domain));
  tool.out.text(table(["DOMAIN>", "SERVER", "PLACEMENT", "MOVABLE", "STATE", "SERVED>", "CALLS>", "MEMORY>", "DOING"], rows.map((row) => [
    String(row.domain), row.name, row.placement, row.movable ? "yes" : "no", row.state, String(row.served), String(row.calls), humanSize(row.memory), row.activity,
  ])));
  if (!(names instanceof Failure)) tool.out.line(`published names: ${names.join(" ")}`);
});
