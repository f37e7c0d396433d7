// grep, egrep, fgrep: lines that match. Status 0 if one did, 1 if none, 2 after an error (POSIX).

import { Failure } from "../api/failure.ts";
import { decode } from "../api/streams.ts";
import { Open } from "../api/native-system.ts";
import { LineReader } from "./lines.ts";
import { join } from "./paths.ts";
import { BadExpression, quoteExpression, translate } from "./regular-expression.ts";
import { matchesPattern } from "../shell/pattern.ts";
import { utility, type Tool } from "./utility.ts";

const COLOR = { match: "\x1b[1;31m", name: "\x1b[35m", number: "\x1b[32m", mark: "\x1b[36m", off: "\x1b[0m" };

export const grep = utility({
  usage: "grep [-EFGHabchiLlnoqrsvwxz] [-m NUM] [-A NUM] [-B NUM] [-C NUM] [-e PATTERN | -f FILE | PATTERN] [FILE...]", flags: "EFGHPRabchiLlnoqrsvwxyz", values: "efmABC\x01\x02\x03", wrong: 2, number: "C",
  long: { "extended-regexp": "E", "fixed-strings": "F", regexp: "e", file: "f", "ignore-case": "i", "invert-match": "v", "word-regexp": "w", "line-regexp": "x", count: "c", "files-with-matches": "l", "files-without-match": "L", "max-count": "m", "only-matching": "o", quiet: "q", silent: "q", "no-messages": "s", "line-number": "n", "with-filename": "H", "no-filename": "h", recursive: "r", text: "a", color: "\x01", colour: "\x01", include: "\x02", exclude: "\x03", "after-context": "A", "before-context": "B", context: "C" },
}, (tool: Tool) => {
  const sources = tool.all("e").flatMap((one) => one.split("\n"));
  for (const path of tool.all("f")) {
    const data = tool.read(path);
    if (!data) return 2;
    const text = decode(data);
    if (text !== "") sources.push(...text.replace(/\n$/, "").split("\n"));
  }
  if (!tool.has("e") && !tool.has("f")) {
    const first = tool.operands.shift();
    if (first === undefined) tool.quit("no pattern given\nusage: grep [OPTION]... PATTERN [FILE]...", 2);
    sources.push(...first.split("\n"));
  }
  let regexp: RegExp;
  try {
    const body = sources.map((source) => `(?:${tool.has("F") || tool.name === "fgrep" ? quoteExpression(source) : tool.has("P") ? source : numbered(translate(source, tool.has("E") || tool.name === "egrep"), sources.length)})`).join("|");
    const whole = sources.length === 0 ? "[^\\s\\S]" : tool.has("x") ? `^(?:${body})$` : tool.has("w") ? `(?<![\\p{L}\\p{N}_])(?:${body})(?![\\p{L}\\p{N}_])` : body;
    regexp = new RegExp(whole, `gu${tool.has("i") || tool.has("y") ? "i" : ""}`);
  } catch (thrown) {
    tool.quit(thrown instanceof BadExpression ? thrown.message : "Invalid regular expression", 2);
  }
  const recursive = tool.has("r") || tool.has("R");
  if (recursive && tool.operands.length === 0) tool.operands.push(".");
  const search = new Search(tool, regexp, tool.has("H") || (!tool.has("h") && (tool.operands.length > 1 || recursive)));
  if (tool.operands.length === 0) search.file(0, "(standard input)");
  for (const path of tool.operands) {
    if (path === "-") search.file(0, "(standard input)");
    else search.path(path, recursive, true);
    if (search.stop) break;
  }
  if (search.failed && !(tool.has("q") && search.found)) return 2;
  return search.found ? 0 : 1;
});

/** Back-references of one of several patterns would count the others' groups: refuse the rare case by leaving a single pattern as it is. */
function numbered(body: string, patterns: number): string {
  if (patterns > 1 && /\\[1-9]/.test(body)) throw new BadExpression("back-references need a single pattern");
  return body;
}

class Search {
  found = false;
  failed = false;
  stop = false;
  private readonly colored: boolean;

  constructor(private readonly tool: Tool, private readonly regexp: RegExp, private readonly names: boolean) {
    const color = tool.value("\x01");
    this.colored = color === "always" || (color !== undefined && color !== "never" && tool.system.isTerminal(1));
  }

  private fail(path: string, failure: Failure): void {
    this.failed = true;
    if (!this.tool.has("s")) this.tool.complain(`${path}: ${failure.message}`, 2);
  }

  path(path: string, recursive: boolean, named: boolean): void {
    const { system } = this.tool;
    const stat = system.stat(path, named || this.tool.has("R"));
    if (stat instanceof Failure) { this.fail(path, stat); return; }
    if (stat.kind === "link") return;
    if (stat.kind === "directory") {
      if (!recursive) { this.fail(path, new Failure("IsDirectory")); return; }
      const entries = system.readDirectory(path);
      if (entries instanceof Failure) { this.fail(path, entries); return; }
      for (const { name } of entries) if (name !== "." && name !== ".." && !this.stop) this.path(named && path === "." && this.tool.operands[0] === "." && this.tool.system.args.at(-1) !== "." ? name : join(path, name), true, false);
      return;
    }
    const base = path.replace(/.*\//, "");
    const includes = this.tool.all("\x02");
    if (includes.length > 0 && !includes.some((pattern) => matchesPattern(pattern, base))) return;
    if (this.tool.all("\x03").some((pattern) => matchesPattern(pattern, base))) return;
    const fd = system.open(path, Open.Read);
    if (fd instanceof Failure) { this.fail(path, fd); return; }
    this.file(fd, path);
    system.close(fd);
  }

  file(fd: number, path: string): void {
    const { tool } = this;
    const reader = new LineReader(tool.system, fd, tool.has("z") ? "\0" : "\n");
    const limit = tool.number("m") ?? Infinity;
    const after = tool.number("A") ?? tool.number("C") ?? 0;
    const before = tool.number("B") ?? tool.number("C") ?? 0;
    const quiet = tool.has("q") || tool.has("l") || tool.has("L") || tool.has("c");
    let count = 0;
    let number = 0;
    let lastPrinted = 0;
    let trailing = 0;
    const held: { number: number; text: string }[] = [];
    const show = (text: string, at: number, separator: string) => {
      if ((after > 0 || before > 0) && lastPrinted > 0 && at > lastPrinted + 1) tool.out.line("--");
      lastPrinted = at;
      tool.out.text(this.prefix(path, at, separator) + text + (tool.has("z") ? "\0" : "\n"));
    };
    for (let line = count < limit ? reader.next() : undefined; line !== undefined; line = reader.next()) {
      number++;
      this.regexp.lastIndex = 0;
      const matches = this.regexp.test(line) !== tool.has("v");
      if (matches && count < limit) {
        count++;
        this.found = true;
        if (tool.has("q")) { this.stop = true; return; }
        if (tool.has("l") || tool.has("L")) break;
        if (!quiet) {
          for (const one of held.splice(0)) show(one.text, one.number, "-");
          if (!tool.has("a") && line.includes("\0") && !line.isWellFormed()) { tool.out.line(`Binary file ${path} matches`); break; }
          if (tool.has("o")) { this.regexp.lastIndex = 0; if (!tool.has("v")) for (const match of line.matchAll(this.regexp)) if (match[0] !== "") show(this.paint(match[0], true), number, ":"); }
          else show(this.paint(line, false), number, ":");
        }
        trailing = after;
        if (count >= limit && trailing === 0) break;
      } else if (trailing > 0 && !quiet) { show(line, number, "-"); trailing--; if (count >= limit && trailing === 0) break; }
      else if (count >= limit) break;
      else if (before > 0) { held.push({ number, text: line }); if (held.length > before) held.shift(); }
    }
    if (reader.failure) this.fail(path, reader.failure);
    if (tool.has("c") && !tool.has("l") && !tool.has("L")) tool.out.line(`${this.names ? `${path}:` : ""}${count}`);
    if ((tool.has("l") && count > 0) || (tool.has("L") && count === 0)) tool.out.line(path);
  }

  private prefix(path: string, number: number, separator: string): string {
    const paint = (text: string, color: string) => (this.colored ? `${color}${text}${COLOR.off}` : text);
    const mark = paint(separator, COLOR.mark);
    return (this.names ? paint(path, COLOR.name) + mark : "") + (this.tool.has("n") ? paint(String(number), COLOR.number) + mark : "");
  }

  private paint(text: string, whole: boolean): string {
    if (!this.colored) return text;
    if (whole) return `${COLOR.match}${text}${COLOR.off}`;
    return this.tool.has("v") ? text : text.replace(this.regexp, (match) => (match === "" ? "" : `${COLOR.match}${match}${COLOR.off}`));
  }
}
