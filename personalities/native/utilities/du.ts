// du: space that files take, in kibibytes.

import { Failure } from "../api/failure.ts";
import { join } from "./paths.ts";
import { humanSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 * 1024 };

export const du = utility({ usage: "du [-abchskm] [--apparent-size] [-d DEPTH] [FILE...]", flags: "abchskmx\x01", values: "d", long: { all: "a", "apparent-size": "\x01", bytes: "b", total: "c", "human-readable": "h", summarize: "s", "max-depth": "d" } }, (tool: Tool) => {
  const { system } = tool;
  const depthLimit = tool.has("s") ? 0 : tool.number("d") ?? Infinity;
  const seen = new Set<string>();
  const apparent = tool.has("b") || tool.has("\x01");
  const unit = tool.last("bhkm") ?? "k";
  const show = (bytes: number, path: string) => tool.out.line(`${unit === "h" ? humanSize(bytes) : Math.ceil(bytes / UNITS[unit]!)}\t${path}`);
  const measure = (path: string, depth: number): number => {
    const stat = system.stat(path, false);
    if (stat instanceof Failure) { tool.complain(`cannot access '${path}': ${stat.message}`); return 0; }
    const key = `${stat.device}:${stat.inode}`;
    if (stat.kind !== "directory" && stat.links > 1) { if (seen.has(key)) return 0; seen.add(key); }
    let bytes = apparent ? stat.size : stat.blocks * 512;
    if (stat.kind === "directory") {
      const entries = tool.check(system.readDirectory(path), `cannot read directory '${path}'`);
      for (const { name } of entries ?? []) if (name !== "." && name !== "..") bytes += measure(join(path, name), depth + 1);
    }
    if (depth === 0 || (depth <= depthLimit && (stat.kind === "directory" || tool.has("a")))) show(bytes, path);
    return bytes;
  };
  const total = (tool.operands.length > 0 ? tool.operands : ["."]).reduce((sum, path) => sum + measure(path, 0), 0);
  if (tool.has("c")) show(total, "total");
});
