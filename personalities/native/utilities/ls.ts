// ls: what directories hold.

import { Failure } from "../api/failure.ts";
import type { Stat } from "../api/native-system.ts";
import { textWidth } from "../shell/interactive/text-width.ts";
import { compareBytes } from "./lines.ts";
import { describeMode } from "./modes.ts";
import { join } from "./paths.ts";
import { humanSize } from "./sizes.ts";
import { shortDate } from "./dates.ts";
import { escapeName } from "./quoting.ts";
import { utility, type Tool } from "./utility.ts";

interface Row { name: string; path: string; stat: Stat; target: string | undefined; targetStat: Stat | undefined }

export const ls = utility({ usage: "ls [-1AabCFdghilNnoprRSstUux] [FILE...]", flags: "1AabCFdghilnoprRSstUuxkLqNG", values: "\x01T", wrong: 2, long: { all: "a", "almost-all": "A", escape: "b", literal: "N", "human-readable": "h", reverse: "r", recursive: "R", inode: "i", directory: "d", color: "\x01", classify: "F", size: "s" } }, (tool: Tool) => {
  const operands = tool.operands.length > 0 ? tool.operands : ["."];
  const files: Row[] = [];
  const directories: Row[] = [];
  const listing = new Listing(tool);
  for (const path of operands) {
    // A link that is named is followed unless it is shown itself.
    const row = listing.row(path, path, !(tool.has("l") || tool.has("d") || tool.has("F")) || tool.has("L"));
    if (!row) continue;
    (row.stat.kind === "directory" && !tool.has("d") ? directories : files).push(row);
  }
  listing.sort(files);
  listing.sort(directories);
  if (files.length > 0) listing.print(files, false);
  for (const [index, { path }] of directories.entries()) {
    if (index > 0 || files.length > 0) tool.out.line();
    listing.directory(path, operands.length > 1 || tool.has("R"));
  }
  return tool.status === 0 ? 0 : 2;
});

class Listing {
  private readonly terminal: boolean;
  private readonly colored: boolean;
  private readonly escaped: boolean;

  constructor(private readonly tool: Tool) {
    this.terminal = tool.system.isTerminal(1);
    this.escaped = tool.last("bN") === "b";
    const color = tool.value("\x01");
    this.colored = color === "always" || (color !== "never" && this.terminal && tool.system.env.get("NO_COLOR") === undefined);
  }

  row(path: string, name: string, follow: boolean): Row | undefined {
    const { system } = this.tool;
    let stat = system.stat(path, follow);
    if (stat instanceof Failure && follow) stat = system.stat(path, false);
    if (stat instanceof Failure) { this.tool.complain(`cannot access '${path}': ${stat.message}`, 2); return undefined; }
    let target: string | undefined;
    let targetStat: Stat | undefined;
    if (stat.kind === "link" && (this.tool.has("l") || this.colored || this.tool.has("F"))) {
      const contents = system.readLink(path);
      const behind = system.stat(path);
      if (!(contents instanceof Failure)) target = contents;
      if (!(behind instanceof Failure)) targetStat = behind;
    }
    return { name, path, stat, target, targetStat };
  }

  sort(rows: Row[]): void {
    const { tool } = this;
    if (tool.has("U")) return;
    const time = (row: Row) => (tool.has("u") ? row.stat.accessed : row.stat.modified);
    rows.sort((a, b) => {
      if (tool.has("S") && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size;
      if (tool.has("t") && time(a) !== time(b)) return time(a) < time(b) ? 1 : -1;
      return compareBytes(a.name, b.name);
    });
    if (tool.has("r")) rows.reverse();
  }

  directory(path: string, titled: boolean): void {
    const { tool } = this;
    const entries = tool.system.readDirectory(path);
    if (entries instanceof Failure) { tool.complain(`cannot open directory '${path}': ${entries.message}`, 2); return; }
    if (titled) tool.out.line(`${this.escaped ? escapeName(path, ":") : path}:`);
    const rows = entries
      .filter(({ name }) => tool.has("a") || !name.startsWith(".") || (tool.has("A") && name !== "." && name !== ".."))
      .flatMap(({ name }) => this.row(join(path, name), name, tool.has("L")) ?? []);
    this.sort(rows);
    this.print(rows, true);
    if (!tool.has("R")) return;
    for (const row of rows) {
      if (row.stat.kind !== "directory" || row.name === "." || row.name === "..") continue;
      tool.out.line();
      this.directory(row.path, true);
    }
  }

  print(rows: readonly Row[], total: boolean): void {
    const { tool } = this;
    const long = tool.has("l") || tool.has("n") || tool.has("g") || tool.has("o");
    if (total && (long || tool.has("s"))) { const blocks = rows.reduce((sum, row) => sum + row.stat.blocks * 512, 0); tool.out.line(`total ${tool.has("h") ? humanSize(blocks) : Math.ceil(blocks / 1024)}`); }
    const inodes = tool.has("i") ? Math.max(0, ...rows.map((row) => String(row.stat.inode).length)) : 0;
    const blocksOf = (row: Row) => (tool.has("h") ? humanSize(row.stat.blocks * 512) : String(Math.ceil(row.stat.blocks / 2)));
    const blocks = tool.has("s") ? Math.max(0, ...rows.map((row) => blocksOf(row).length)) : 0;
    const head = (row: Row) => (inodes ? `${String(row.stat.inode).padStart(inodes)} ` : "") + (blocks ? `${blocksOf(row).padStart(blocks)} ` : "");
    if (long) this.printLong(rows, head);
    else if (tool.has("1") || (!this.terminal && !tool.has("C") && !tool.has("x"))) for (const row of rows) tool.out.line(head(row) + this.show(row));
    else this.printColumns(rows.map((row) => head(row) + this.show(row)));
  }

  private printLong(rows: readonly Row[], head: (row: Row) => string): void {
    const { tool } = this;
    const size = (row: Row) => (tool.has("h") ? humanSize(row.stat.size) : String(row.stat.size));
    const links = Math.max(0, ...rows.map((row) => String(row.stat.links).length));
    const sizes = Math.max(0, ...rows.map((row) => size(row).length));
    const owner = tool.has("n") ? "0" : "root";
    const now = tool.system.now();
    for (const row of rows) {
      const { stat } = row;
      const arrow = row.target === undefined ? "" : ` -> ${row.targetStat ? this.paint(this.quote(row.target), row.targetStat) : this.quote(row.target)}`;
      const owners = [...(tool.has("g") ? [] : [owner]), ...(tool.has("o") || tool.has("G") ? [] : [owner])].join(" ");
      tool.out.line(`${head(row)}${describeMode(stat.kind, stat.mode)} ${String(stat.links).padStart(links)} ${owners}${owners === "" ? "" : " "}${size(row).padStart(sizes)} ${shortDate(tool.has("u") ? stat.accessed : stat.modified, now, tool.system.env.get("TZ"))} ${this.show(row, true)}${arrow}`);
    }
  }

  private printColumns(names: readonly string[]): void {
    if (names.length === 0) return;
    const screen = this.tool.system.terminal(1);
    const available = screen instanceof Failure || screen.columns === 0 ? Number(this.tool.system.env.get("COLUMNS") ?? 80) : screen.columns;
    const widths = names.map(textWidth);
    // The most columns that fit, each as wide as its widest name.
    let rows = names.length;
    for (let down = 1; down <= names.length; down++) {
      let width = 0;
      for (let at = 0; at < names.length; at += down) width += Math.max(...widths.slice(at, at + down)) + 2;
      if (width - 2 <= available) { rows = down; break; }
    }
    const columnWidths: number[] = [];
    for (let at = 0; at < names.length; at += rows) columnWidths.push(Math.max(...widths.slice(at, at + rows)) + 2);
    const across = this.tool.has("x");
    for (let row = 0; row < rows; row++) {
      let line = "";
      for (let column = 0; column < columnWidths.length; column++) {
        const index = across ? row * columnWidths.length + column : column * rows + row;
        const name = names[index];
        if (name === undefined) continue;
        const last = across ? column === columnWidths.length - 1 || index === names.length - 1 : (column + 1) * rows + row >= names.length;
        line += last ? name : name + " ".repeat(Math.max(columnWidths[column]! - widths[index]!, 1));
      }
      this.tool.out.line(line);
    }
  }

  private show(row: Row, long = false): string {
    const { kind, mode } = row.stat;
    const name = this.escaped || !this.terminal ? this.quote(row.name) : row.name.replace(/[\x00-\x1f\x7f]/g, "?");
    const mark = this.tool.has("F") ? (kind === "directory" ? "/" : kind === "link" ? (long ? "" : "@") : kind === "pipe" ? "|" : kind === "socket" ? "=" : mode & 0o111 && kind === "regular" ? "*" : "") : this.tool.has("p") && kind === "directory" ? "/" : "";
    return this.paint(name, row.stat, row.target !== undefined && !row.targetStat) + mark;
  }

  /** With -F a name's own marks are told from those after it. */
  private quote(name: string): string { return this.escaped ? escapeName(name, this.tool.has("F") ? " =>@|" : " ") : name; }

  private paint(name: string, { kind, mode }: Stat, broken = false): string {
    if (!this.colored) return name;
    const color = broken ? "1;31" : kind === "directory" ? "1;34" : kind === "link" ? "1;36" : kind === "pipe" ? "33" : kind === "character" || kind === "block" ? "1;33" : kind === "regular" && mode & 0o111 ? "1;32" : "";
    return color === "" ? name : `\x1b[${color}m${name}\x1b[0m`;
  }
}
