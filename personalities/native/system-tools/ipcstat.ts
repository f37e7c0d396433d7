// ipcstat: who has called whom, how often; with -w, every so often what is new.

import { labelNames } from "../../../abi/generated/ts/labels.ts";
import { Failure } from "../api/failure.ts";
import type { Administration } from "../api/native-system.ts";
import { table } from "../utilities/table.ts";
import { utility, type Tool } from "../utilities/utility.ts";
import { administration } from "./domains.ts";

interface Path { from: number; to: number; label: number; count: bigint }

const keyOf = (path: Path): string => `${path.from} ${path.to} ${path.label}`;

function show(tool: Tool, admin: Administration, paths: readonly Path[]): void {
  const names = new Map(admin.domains().map(({ domain, name }) => [domain, name]));
  const name = (domain: number) => names.get(domain) || `domain ${domain}`;
  const sorted = [...paths].filter(({ count }) => count > 0n).sort((a, b) => (a.count < b.count ? 1 : a.count > b.count ? -1 : 0));
  const labelled = sorted.some(({ label }) => label !== 0);
  tool.out.text(table(["CALLS>", "FROM", "TO", ...(labelled ? ["METHOD"] : [])], sorted.map((path) => [String(path.count), name(path.from), name(path.to), ...(labelled ? [labelNames.get(path.label) ?? `0x${path.label.toString(16)}`] : [])])));
}

export const ipcstat = utility({ usage: "ipcstat [-o] [-w SECONDS]   (-o: objects of the kernel)", flags: "o", values: "w" }, (tool: Tool) => {
  const admin = administration(tool);
  if (tool.has("o")) { for (const [kind, count] of Object.entries(admin.counts())) tool.out.line(`${kind.padEnd(14)}${String(count).padStart(8)}`); return 0; }
  let before = admin.callCounts();
  const seconds = tool.value("w");
  if (seconds === undefined) { show(tool, admin, before); return 0; }
  if (!(Number(seconds) > 0)) tool.quit(`invalid number of seconds '${seconds}'`);
  for (;;) {
    if (tool.system.sleep(BigInt(Math.round(Number(seconds) * 1e9))) instanceof Failure) return 130;
    const now = admin.callCounts();
    const old = new Map(before.map((path) => [keyOf(path), path.count]));
    show(tool, admin, now.map((path) => ({ ...path, count: path.count - (old.get(keyOf(path)) ?? 0n) })));
    tool.out.line();
    tool.out.flush();
    before = now;
  }
});
