// stat: attributes of files, or of file systems with -f.

import { Failure } from "../api/failure.ts";
import type { Kind, Stat } from "../api/native-system.ts";
import { fullDate } from "./dates.ts";
import { describeMode } from "./modes.ts";
import { utility, type Tool } from "./utility.ts";

const kindNames: Readonly<Record<Kind, string>> = { regular: "regular file", directory: "directory", link: "symbolic link", character: "character special file", block: "block special file", pipe: "fifo", socket: "socket", unknown: "unknown" };

const kindBits: Readonly<Record<Kind, number>> = { pipe: 0o010000, character: 0o020000, directory: 0o040000, block: 0o060000, regular: 0o100000, link: 0o120000, socket: 0o140000, unknown: 0 };

function field(letter: string, path: string, stat: Stat, target: string | undefined): string {
  const seconds = (time: bigint) => String(time / 1_000_000_000n);
  switch (letter) {
    case "n": return path;
    case "N": return `'${path}'${target === undefined ? "" : ` -> '${target}'`}`;
    case "s": return String(stat.size);
    case "b": return String(stat.blocks);
    case "B": return "512";
    case "o": return String(stat.blockSize);
    case "F": return stat.kind === "regular" && stat.size === 0 ? "regular empty file" : kindNames[stat.kind];
    case "a": return stat.mode.toString(8);
    case "A": return describeMode(stat.kind, stat.mode);
    case "f": return (kindBits[stat.kind] | stat.mode).toString(16);
    case "h": return String(stat.links);
    case "i": return String(stat.inode);
    case "d": return String(stat.device);
    case "D": return stat.device.toString(16);
    case "u": case "g": return "0";
    case "U": case "G": return "root";
    case "x": return fullDate(stat.accessed);
    case "y": return fullDate(stat.modified);
    case "z": return fullDate(stat.changed);
    case "X": return seconds(stat.accessed);
    case "Y": return seconds(stat.modified);
    case "Z": return seconds(stat.changed);
    case "w": return "-";
    case "W": return "0";
    case "%": return "%";
    default: return `%${letter}`;
  }
}

export const stat = utility({ usage: "stat [-Lf] [-c FORMAT] FILE...", flags: "Lft", values: "c\x01", long: { dereference: "L", format: "c", "file-system": "f", printf: "\x01" } }, (tool: Tool) => {
  const { system } = tool;
  if (tool.operands.length === 0) tool.quit("missing operand");
  const format = tool.value("c") ?? tool.value("\x01");
  for (const path of tool.operands) {
    if (tool.has("f")) {
      const figures = tool.check(system.fileSystem(path), `cannot read file system information for '${path}'`);
      if (figures) tool.out.line(`  File: "${path}"\nBlock size: ${figures.blockSize}\nBlocks: Total: ${figures.blocks} Free: ${figures.free}\nInodes: Total: ${figures.files} Free: ${figures.filesFree}${figures.readOnly ? "\nRead-only" : ""}`);
      continue;
    }
    const found = system.stat(path, tool.has("L"));
    if (found instanceof Failure) { tool.complain(`cannot statx '${path}': ${found.message}`); continue; }
    const contents = found.kind === "link" ? system.readLink(path) : undefined;
    const target = typeof contents === "string" ? contents : undefined;
    if (format !== undefined) {
      const text = format.replace(/%([-0-9.]*)([A-Za-z%])/g, (_, width: string, letter: string) => { const value = field(letter, path, found, target); return width.startsWith("-") ? value.padEnd(Number(width.slice(1))) : value.padStart(Number(width) || 0); });
      tool.out.text(tool.has("c") ? text + "\n" : text.replace(/\\n/g, "\n").replace(/\\t/g, "\t"));
      continue;
    }
    const f = (letter: string) => field(letter, path, found, target);
    tool.out.line(`  File: ${path}${target === undefined ? "" : ` -> ${target}`}`);
    tool.out.line(`  Size: ${f("s").padEnd(15)} Blocks: ${f("b").padEnd(10)} IO Block: ${f("o").padEnd(6)} ${f("F")}`);
    tool.out.line(`Device: ${f("d").padEnd(15)} Inode: ${f("i").padEnd(11)} Links: ${f("h")}`);
    tool.out.line(`Access: (${found.mode.toString(8).padStart(4, "0")}/${f("A")})  Uid: (    0/    root)   Gid: (    0/    root)`);
    tool.out.line(`Access: ${f("x")}\nModify: ${f("y")}\nChange: ${f("z")}`);
  }
});
