// df: free space of mounted file systems.

import { Failure } from "../api/failure.ts";
import { humanSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

/** Mount points may be written with escaped blanks. */
export function parseMounts(text: string): { source: string; path: string; type: string; flags: string }[] {
  const unescape = (part: string) => part.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [source = "", path = "", type = "", flags = ""] = line.split(" ").map(unescape);
    return { source, path, type, flags };
  });
}

export const df = utility({ usage: "df [-ahikT] [FILE...]", flags: "ahikPT", long: { "human-readable": "h", inodes: "i", all: "a", "print-type": "T" } }, (tool: Tool) => {
  const { system } = tool;
  const text = system.mounts();
  if (text instanceof Failure) tool.quit(`cannot read the mount table: ${text.message}`);
  let mounts = parseMounts(text);
  if (tool.operands.length > 0) {
    mounts = tool.operands.flatMap((path) => {
      const stat = tool.check(system.stat(path), path);
      const holder = stat && mounts.find((mount) => { const root = system.stat(mount.path); return !(root instanceof Failure) && root.device === stat.device; });
      return holder ? [holder] : [];
    });
  }
  const rows: string[][] = [["Filesystem", ...(tool.has("T") ? ["Type"] : []), ...(tool.has("i") ? ["Inodes", "IUsed", "IFree", "IUse%"] : [tool.has("h") ? "Size" : "1K-blocks", "Used", tool.has("h") ? "Avail" : "Available", "Use%"]), "Mounted on"]];
  for (const mount of mounts) {
    const figures = system.fileSystem(mount.path);
    if (figures instanceof Failure) { tool.complain(`${mount.path}: ${figures.message}`); continue; }
    const bytes = (blocks: number) => (tool.has("h") ? humanSize(blocks * figures.blockSize) : String(Math.ceil(blocks * figures.blockSize / 1024)));
    const percent = (used: number, all: number) => (all === 0 ? "-" : `${Math.ceil(used * 100 / all)}%`);
    const numbers = tool.has("i") ? [String(figures.files), String(figures.files - figures.filesFree), String(figures.filesFree), percent(figures.files - figures.filesFree, figures.files)] : [bytes(figures.blocks), bytes(figures.blocks - figures.free), bytes(figures.free), percent(figures.blocks - figures.free, figures.blocks)];
    rows.push([mount.source, ...(tool.has("T") ? [mount.type] : []), ...numbers, mount.path]);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) tool.out.line(row.map((cell, column) => (column === row.length - 1 ? cell : column === 0 || (tool.has("T") && column === 1) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" "));
});
