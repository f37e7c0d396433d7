// sed: a script of editing commands on each line. The parser is in sed-script.ts.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { decode, decodeScript, encode, readFile, writeAll, writeFile } from "../api/streams.ts";
import { LineReader } from "./lines.ts";
import { BadExpression } from "./regular-expression.ts";
import { parseScript, ScriptFailure, type Address, type Command } from "./sed-script.ts";
import { utility, type Tool } from "./utility.ts";

interface Input { reader: LineReader; path: string; fd: number }

class Editor {
  private hold = "";
  private number = 0;
  private readonly active = new Map<Command, number | undefined>();
  private readonly files = new Map<string, number>();
  private readonly labels = new Map<string, number>();
  quit: number | undefined;
  collected: string | undefined;

  constructor(private readonly tool: Tool, private readonly script: readonly Command[], private readonly quiet: boolean) {
    for (const [index, command] of script.entries()) if (command.name === ":") this.labels.set(command.text, index);
    for (const { name, text } of script) {
      if ((name === "b" || name === "t" || name === "T") && text !== "" && !this.labels.has(text)) tool.quit(`can't find label for jump to '${text}'`);
    }
  }

  /** Restart line numbers, for -i and -s. */
  restart(): void { this.number = 0; this.missing = false; this.active.clear(); }

  /** The last line of the input had no newline: what is written after it is preceded by one. */
  private missing = false;

  private out(text: string): void {
    if (this.missing) { this.missing = false; this.out("\n"); }
    if (this.collected !== undefined) this.collected += text;
    else this.tool.out.text(text);
  }

  private matches(address: Address, line: string, last: boolean): boolean {
    switch (address.type) {
      case "line": return this.number === address.number;
      case "last": return last;
      case "step": return address.step > 0 ? this.number >= address.number && (this.number - address.number) % address.step === 0 : this.number === address.number;
      case "expression": address.regexp.lastIndex = 0; return address.regexp.test(line);
      case "plus": case "multiple": return false;
    }
  }

  private selects(command: Command, line: string, last: boolean): boolean {
    const { first, second } = command;
    let selected: boolean;
    if (!first) selected = true;
    else if (!second) selected = this.matches(first, line, last);
    else if (this.active.has(command)) {
      const until = this.active.get(command);
      selected = true;
      if (until !== undefined ? this.number >= until : this.matches(second, line, last)) this.active.delete(command);
      if (until !== undefined && this.number > until) selected = second.type !== "line" || this.matches(first, line, last);
    } else {
      selected = (first.type === "line" && first.number === 0) || this.matches(first, line, last);
      if (selected) {
        const until = second.type === "line" ? second.number : second.type === "plus" ? this.number + second.number : second.type === "multiple" ? (second.number === 0 ? this.number : Math.ceil(this.number / second.number) * second.number) : undefined;
        if (first.type === "line" && first.number === 0 && this.matches(second, line, last)) return !command.negated;
        if (until === undefined || until > this.number) this.active.set(command, until);
      }
    }
    return selected !== command.negated;
  }

  /** All lines of the inputs, one after the other. */
  edit(inputs: readonly Input[]): void {
    let index = 0;
    const isLast = () => { if (index < inputs.length && inputs[index]!.reader.more()) return false; return !inputs.slice(index + 1).some((one) => one.reader.more()); };
    const read = (): string | undefined => {
      for (; index < inputs.length; index++) {
        const line = inputs[index]!.reader.next();
        if (line !== undefined) { this.number++; return line; }
        const { failure } = inputs[index]!.reader;
        if (failure) this.tool.complain(`couldn't read ${inputs[index]!.path}: ${failure.message}`);
      }
      return undefined;
    };
    for (let line = read(); line !== undefined && this.quit === undefined; line = read()) {
      let ended = inputs[Math.min(index, inputs.length - 1)]!.reader.ended;
      let space = line;
      for (let again = true; again;) {
        again = false;
        const result = this.cycle(space, isLast, () => { const next = read(); if (next !== undefined) ended = inputs[Math.min(index, inputs.length - 1)]!.reader.ended; return next; }, () => ended);
        if (result !== undefined) { space = result; again = true; }
        if (this.quit !== undefined) break;
      }
    }
  }

  /** Run the script once. Gives the pattern space if it is to be run again without reading (D). */
  private cycle(line: string, isLast: () => boolean, read: () => string | undefined, ended: () => boolean): string | undefined {
    let space = line;
    let substituted = false;
    const after: string[] = [];
    const put = () => {
      this.out(space);
      if (ended() || !isLast()) this.out("\n");
      else this.missing = true;
    };
    const finish = (print: boolean) => {
      if (print && !this.quiet) put();
      for (const text of after.splice(0)) this.out(text);
    };
    for (let at = 0; at < this.script.length; at++) {
      const command = this.script[at]!;
      if (!this.selects(command, space, command.second || command.first ? isLast() : false)) { if (command.name === "{") at = command.target; continue; }
      switch (command.name) {
        case "{": case "}": case ":": break;
        case "=": this.out(`${this.number}\n`); break;
        case "a": after.push(command.text + "\n"); break;
        case "i": this.out(command.text + "\n"); break;
        case "c":
          if (!command.second || command.negated || !this.active.has(command)) this.out(command.text + "\n");
          finish(false);
          return undefined;
        case "d": finish(false); return undefined;
        case "D": {
          const newline = space.indexOf("\n");
          finish(false);
          return newline < 0 ? undefined : space.slice(newline + 1);
        }
        case "g": space = this.hold; break;
        case "G": space += "\n" + this.hold; break;
        case "h": this.hold = space; break;
        case "H": this.hold += "\n" + space; break;
        case "x": [space, this.hold] = [this.hold, space]; break;
        case "l": this.out(visible(space) + "$\n"); break;
        case "n": {
          if (isLast()) { finish(true); this.quit ??= 0; return undefined; }
          if (!this.quiet) this.out(space + "\n");
          for (const text of after.splice(0)) this.out(text);
          space = read()!;
          break;
        }
        case "N": {
          if (isLast()) { finish(true); this.quit ??= 0; return undefined; }
          for (const text of after.splice(0)) this.out(text);
          space += "\n" + read()!;
          break;
        }
        case "p": put(); break;
        case "P": this.out(space.split("\n", 1)[0]! + "\n"); break;
        case "q": finish(true); this.quit = command.number ?? 0; return undefined;
        case "Q": this.quit = command.number ?? 0; return undefined;
        case "r": { const data = readFile(this.tool.system, command.text); if (!(data instanceof Failure)) after.push(decode(data)); break; }
        case "w": this.write(command.text, space + "\n"); break;
        case "y": space = [...space].map((c) => command.map!.get(c) ?? c).join(""); break;
        case "s": {
          const result = substitute(command, space);
          if (result === undefined) break;
          space = result;
          substituted = true;
          if (command.print) put();
          if (command.text !== "") this.write(command.text, space + "\n");
          break;
        }
        case "b": at = this.jump(command.text); break;
        case "t": if (substituted) { substituted = false; at = this.jump(command.text); } break;
        case "T": if (substituted) substituted = false; else at = this.jump(command.text); break;
      }
    }
    finish(true);
    return undefined;
  }

  private jump(label: string): number { return label === "" ? this.script.length : this.labels.get(label)!; }

  private write(path: string, text: string): void {
    if (path === "/dev/stdout") { this.out(text); return; }
    let fd = path === "/dev/stderr" ? 2 : this.files.get(path);
    if (fd === undefined) {
      const opened = this.tool.system.open(path, Open.Write | Open.Create | Open.Truncate);
      if (opened instanceof Failure) this.tool.quit(`couldn't open file ${path}: ${opened.message}`, 4);
      this.files.set(path, fd = opened);
    }
    writeAll(this.tool.system, fd, encode(text));
  }
}

function visible(text: string): string {
  const named: Readonly<Record<string, string>> = { "\\": "\\\\", "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" };
  return [...text].map((c) => named[c] ?? (c < " " || c > "~" ? [...encode(c)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("") : c)).join("");
}

/** Undefined if nothing matched. */
function substitute(command: Command, text: string): string | undefined {
  const wanted = command.number ?? 1;
  let count = 0;
  let changed = false;
  let end = -1;
  const result = text.replace(command.regexp!, (...args) => {
    const at = args.findIndex((one) => typeof one === "number");
    const groups = args.slice(0, at) as (string | undefined)[];
    const offset = args[at] as number;
    // Nothing is no match right behind a match.
    if (groups[0] === "" && offset === end) return "";
    end = offset + groups[0]!.length;
    count++;
    if (count < wanted || (!command.global && count > wanted)) return groups[0]!;
    changed = true;
    return command.replacement!(groups);
  });
  return changed ? result : undefined;
}

export const sed = utility({ usage: "sed [-nEsri] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE...]", flags: "nErsiuz", values: "ef\x01", long: { quiet: "n", silent: "n", expression: "e", file: "f", "regexp-extended": "E", "in-place": "i", separate: "s" } }, (tool: Tool) => {
  const { system } = tool;
  const scripts: string[] = [];
  for (const { letter, value } of tool.given) {
    if (letter === "e") scripts.push(value);
    if (letter === "f") scripts.push(decodeScript(tool.read(value) ?? tool.quit(`couldn't open file ${value}`)));
  }
  if (scripts.length === 0) scripts.push(tool.operands.shift() ?? tool.quit(`no script given\nusage: sed [-nEsri] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE...]`));
  let script: Command[];
  let quiet = tool.has("n");
  try {
    if (scripts[0]!.startsWith("#n\n")) quiet = true;
    script = parseScript(scripts.join("\n"), tool.has("E") || tool.has("r"));
  } catch (thrown) {
    if (thrown instanceof ScriptFailure || thrown instanceof BadExpression) return tool.quit(`-e expression #1: ${thrown.message}`);
    throw thrown;
  }
  const editor = new Editor(tool, script, quiet);
  const inputs: Input[] = [];
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const fd = path === "-" ? 0 : system.open(path, Open.Read);
    if (fd instanceof Failure) { tool.complain(`can't read ${path}: ${fd.message}`, 2); continue; }
    const stat = path === "-" ? undefined : system.fstat(fd);
    if (stat && !(stat instanceof Failure) && stat.kind === "directory") { tool.complain(`couldn't edit ${path}: not a regular file`, 4); continue; }
    inputs.push({ reader: new LineReader(system, fd), path, fd });
  }
  if (!tool.has("i") && !tool.has("s")) editor.edit(inputs);
  for (const input of tool.has("i") || tool.has("s") ? inputs : []) {
    editor.restart();
    if (tool.has("i")) editor.collected = "";
    editor.edit([input]);
    if (editor.collected !== undefined) {
      // What is left after `q` stays as it was.
      if (editor.quit !== undefined) for (const line of input.reader) editor.collected += line + (input.reader.ended ? "\n" : "");
      tool.check(writeFile(system, input.path, encode(editor.collected)), input.path);
    }
    if (editor.quit !== undefined) break;
  }
  return Math.max(editor.quit ?? 0, tool.status);
});
