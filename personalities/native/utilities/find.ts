// find: walks trees and tests each name. The expression is POSIX's, with -o, !, parentheses, -exec … \; and +.

import { Failure } from "../api/failure.ts";
import type { Stat } from "../api/native-system.ts";
import { matchesPattern } from "../shell/pattern.ts";
import { describeMode } from "./modes.ts";
import { baseName, directoryName, join } from "./paths.ts";
import { BadExpression, compile } from "./regular-expression.ts";
import { run } from "./running.ts";
import { utility, type Tool } from "./utility.ts";

interface Visit { path: string; stat: Stat; depth: number; top: string; prune: boolean }
type Test = (visit: Visit) => boolean;

const kindLetters: Readonly<Record<string, Stat["kind"]>> = { f: "regular", d: "directory", l: "link", c: "character", b: "block", p: "pipe", s: "socket" };

class Expression {
  private at = 0;
  maxDepth = Infinity;
  minDepth = 0;
  depthFirst = false;
  follow = false;
  acts = false;
  quit = false;
  /** To be run when the walk is over: -exec … +. */
  readonly pending: (() => void)[] = [];

  constructor(private readonly tool: Tool, private readonly words: readonly string[]) {}

  parse(): Test {
    if (this.words.length === 0) return () => true;
    const test = this.either();
    if (this.at < this.words.length) this.tool.quit(`unexpected '${this.words[this.at]}'`);
    return test;
  }

  private either(): Test {
    let left = this.both();
    while (this.words[this.at] === "-o" || this.words[this.at] === "-or") {
      this.at++;
      const [a, b] = [left, this.both()];
      left = (visit) => a(visit) || b(visit);
    }
    return left;
  }

  private both(): Test {
    let left = this.one();
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || word === ")" || word === "-o" || word === "-or") return left;
      if (word === "-a" || word === "-and") this.at++;
      const [a, b] = [left, this.one()];
      left = (visit) => a(visit) && b(visit);
    }
  }

  private argument(name: string): string {
    const text = this.words[this.at++];
    if (text === undefined) this.tool.quit(`missing argument to '${name}'`);
    return text;
  }

  /** `+n`, `-n` or `n`. */
  private compare(name: string, text = this.argument(name)): (value: number) => boolean {
    const match = /^([-+]?)(\d+)$/.exec(text);
    if (!match) this.tool.quit(`invalid argument '${text}' to '${name}'`);
    const number = Number(match[2]);
    return (value) => (match[1] === "+" ? value > number : match[1] === "-" ? value < number : value === number);
  }

  private one(): Test {
    const word = this.words[this.at++];
    const tool: Tool = this.tool;
    if (word === undefined) tool.quit("expression ends too early");
    switch (word) {
      case "!": case "-not": { const test = this.one(); return (visit) => !test(visit); }
      case "(": {
        const test = this.either();
        if (this.words[this.at++] !== ")") tool.quit("missing ')'");
        return test;
      }
      case "-name": { const pattern = this.argument(word); return ({ path }) => matchesPattern(pattern, baseName(path)); }
      case "-iname": { const pattern = this.argument(word).toLowerCase(); return ({ path }) => matchesPattern(pattern, baseName(path).toLowerCase()); }
      case "-path": case "-wholename": { const pattern = this.argument(word); return ({ path }) => matchesPattern(pattern, path); }
      case "-ipath": { const pattern = this.argument(word).toLowerCase(); return ({ path }) => matchesPattern(pattern, path.toLowerCase()); }
      case "-regex": {
        try { const regexp = compile(`^(${this.argument(word)})$`, true); return ({ path }) => regexp.test(path); }
        catch (thrown) { return tool.quit(thrown instanceof BadExpression ? thrown.message : String(thrown)); }
      }
      case "-type": {
        const kinds = this.argument(word).split(",").map((letter) => kindLetters[letter] ?? tool.quit(`unknown argument to -type: ${letter}`));
        return ({ stat }) => kinds.includes(stat.kind);
      }
      case "-size": {
        const text = this.argument(word);
        const unit = /[cwbkMG]$/.exec(text)?.[0];
        const bytes = { c: 1, w: 2, b: 512, k: 1024, M: 1048576, G: 1073741824 }[unit ?? "b"]!;
        const test = this.compare(word, unit ? text.slice(0, -1) : text);
        return ({ stat }) => test(Math.ceil(stat.size / bytes));
      }
      case "-empty": return ({ path, stat }) => {
        if (stat.kind === "regular") return stat.size === 0;
        if (stat.kind !== "directory") return false;
        const entries = tool.system.readDirectory(path);
        return !(entries instanceof Failure) && entries.every(({ name }) => name === "." || name === "..");
      };
      case "-mtime": case "-atime": case "-ctime": case "-mmin": case "-amin": case "-cmin": {
        const test = this.compare(word);
        const unit = word.endsWith("min") ? 60_000_000_000n : 86_400_000_000_000n;
        const now = tool.system.now();
        const time = (stat: Stat) => (word[1] === "m" ? stat.modified : word[1] === "a" ? stat.accessed : stat.changed);
        return ({ stat }) => test(Number((now - time(stat)) / unit));
      }
      case "-newer": {
        const path = this.argument(word);
        const stat = tool.system.stat(path);
        if (stat instanceof Failure) tool.quit(`'${path}': ${stat.message}`);
        return (visit) => visit.stat.modified > stat.modified;
      }
      case "-perm": {
        const text = this.argument(word);
        const bits = parseInt(text.replace(/^[-/]/, ""), 8);
        if (Number.isNaN(bits)) tool.quit(`invalid mode '${text}'`);
        return ({ stat }) => (text.startsWith("-") ? (stat.mode & bits) === bits : text.startsWith("/") ? (stat.mode & bits) !== 0 : stat.mode === bits);
      }
      case "-links": { const test = this.compare(word); return ({ stat }) => test(stat.links); }
      case "-inum": { const test = this.compare(word); return ({ stat }) => test(Number(stat.inode)); }
      case "-true": return () => true;
      case "-false": return () => false;
      case "-prune": return (visit) => { visit.prune = true; return true; };
      case "-quit": return () => { this.quit = true; return true; };
      case "-depth": this.depthFirst = true; return () => true;
      case "-xdev": case "-mount": return () => true;
      case "-follow": this.follow = true; return () => true;
      case "-maxdepth": this.maxDepth = Number(this.argument(word)); return () => true;
      case "-mindepth": this.minDepth = Number(this.argument(word)); return () => true;
      case "-print": this.acts = true; return ({ path }) => { tool.out.line(path); return true; };
      case "-print0": this.acts = true; return ({ path }) => { tool.out.text(path + "\0"); return true; };
      case "-printf": { this.acts = true; const format = this.argument(word); return (visit) => { tool.out.text(formatVisit(format, visit)); return true; }; }
      case "-ls": this.acts = true; return ({ path, stat }) => { tool.out.line(`${String(stat.inode).padStart(6)} ${String(Math.ceil(stat.blocks / 2)).padStart(6)} ${describeMode(stat.kind, stat.mode)} ${stat.links} root root ${stat.size} ${path}`); return true; };
      case "-delete":
        this.acts = this.depthFirst = true;
        return ({ path, stat, depth }) => (depth === 0 && path === ".") || tool.check(stat.kind === "directory" ? tool.system.removeDirectory(path) : tool.system.unlink(path), `cannot delete '${path}'`) !== undefined;
      case "-exec": case "-ok": case "-execdir": return this.execute(word);
    }
    return tool.quit(`unknown predicate '${word}'`);
  }

  private execute(name: string): Test {
    const tool: Tool = this.tool;
    this.acts = true;
    const command: string[] = [];
    for (;;) {
      const word = this.words[this.at++];
      if (word === undefined) tool.quit(`missing argument to '${name}'`);
      if (word === ";") break;
      if (word === "+" && command.at(-1) === "{}") {
        const found: string[] = [];
        const flush = () => { if (found.length > 0 && run(tool, [...command.slice(0, -1), ...found.splice(0)]) !== 0) tool.status = 1; };
        this.pending.push(flush);
        return ({ path }) => { found.push(path); if (found.length >= 500) flush(); return true; };
      }
      command.push(word);
    }
    return ({ path }) => run(tool, command.map((word) => word.replaceAll("{}", path))) === 0;
  }
}

function formatVisit(format: string, { path, stat, depth, top }: Visit): string {
  return format.replace(/\\([nt0\\])|%([a-zA-Z%])/g, (whole, escape: string | undefined, letter: string | undefined) => {
    if (escape !== undefined) return { n: "\n", t: "\t", "0": "\0", "\\": "\\" }[escape]!;
    switch (letter) {
      case "p": return path;
      case "f": return baseName(path);
      case "h": return directoryName(path);
      case "P": return path === top ? "" : path.slice(top.length + 1);
      case "s": return String(stat.size);
      case "d": return String(depth);
      case "m": return stat.mode.toString(8);
      case "M": return describeMode(stat.kind, stat.mode);
      case "i": return String(stat.inode);
      case "n": return String(stat.links);
      case "y": return Object.keys(kindLetters).find((one) => kindLetters[one] === stat.kind) ?? "U";
      case "T": return String(stat.modified / 1_000_000_000n);
      case "%": return "%";
      default: return whole;
    }
  });
}

const program = utility({ usage: "find [-HLP] [PATH...] [EXPRESSION]" }, (tool: Tool) => {
  const { system } = tool;
  let words = tool.operands;
  let follow = false;
  while (/^-[HLP]$/.test(words[0] ?? "")) { follow = words[0] === "-L"; words = words.slice(1); }
  const start = words.findIndex((word) => word.startsWith("-") || word === "(" || word === "!");
  const tops = start < 0 ? words : words.slice(0, start);
  const expression = new Expression(tool, start < 0 ? [] : words.slice(start));
  const test = expression.parse();
  follow ||= expression.follow;

  const visit = (path: string, depth: number, top: string): void => {
    if (expression.quit) return;
    let stat = system.stat(path, follow);
    if (stat instanceof Failure && follow) stat = system.stat(path, false);
    if (stat instanceof Failure) { tool.complain(`'${path}': ${stat.message}`); return; }
    const one: Visit = { path, stat, depth, top, prune: false };
    const act = () => { if (depth >= expression.minDepth && test(one) && !expression.acts) tool.out.line(path); };
    if (!expression.depthFirst) act();
    if (stat.kind === "directory" && depth < expression.maxDepth && !one.prune) {
      const entries = tool.check(system.readDirectory(path), `'${path}'`);
      for (const { name } of entries ?? []) if (name !== "." && name !== "..") visit(join(path, name), depth + 1, top);
    }
    if (expression.depthFirst && !expression.quit) act();
  };
  for (const top of tops.length > 0 ? tops : ["."]) visit(top, 0, top);
  for (const flush of expression.pending) flush();
});

/** Its expression is made of operands that look like options. */
export const find: typeof program = (system) => program(Object.create(system, { args: { value: [system.args[0]!, "--", ...system.args.slice(1)] } }) as typeof system);
