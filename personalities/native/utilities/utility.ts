// How a utility is written: a description of its command line and a function of a Tool, which has the parsed options, buffered output and a
// status that complaints set to 1. Option parsing is POSIX's (XBD 12.2) with GNU's long names and options after operands; it is our own since
// a utility's grammar (`-n5`, `-k2,3`, `-abc`, a lone `-`) is what `getopts` must follow too, and npm's parsers guess at types.

import { Failure } from "../api/failure.ts";
import { Open, type NativeSystem } from "../api/native-system.ts";
import { ProgramExit, type Program } from "../api/program.ts";
import { Output, encode, readFile, writeAll } from "../api/streams.ts";

export interface Usage {
  /** As `--help` shows it, without "usage:". */
  usage: string;
  /** Letters of options without an argument. */
  flags?: string;
  /** Letters of options with one. */
  values?: string;
  /** Long name → letter. */
  long?: Readonly<Record<string, string>>;
  /** Options end at the first operand (commands that run commands). */
  stopsAtOperand?: boolean;
  /** Letter that `-5` is short for: `-n 5`. */
  number?: string;
  /** Status for a wrong command line; 1 if absent. */
  wrong?: number;
}

export class Tool {
  readonly name: string;
  readonly out: Output;
  status = 0;
  operands: string[] = [];
  /** Options in the order given. */
  given: { letter: string; value: string }[] = [];

  constructor(readonly system: NativeSystem) {
    this.name = (system.args[0] ?? "").replace(/.*\//, "");
    this.out = new Output(system);
  }

  has(letter: string): boolean { return this.given.some((one) => one.letter === letter); }

  /** The last one given. */
  value(letter: string): string | undefined { return this.given.findLast((one) => one.letter === letter)?.value; }

  /** Which of these letters was given last. */
  last(letters: string): string | undefined { return this.given.findLast((one) => letters.includes(one.letter))?.letter; }

  all(letter: string): string[] { return this.given.filter((one) => one.letter === letter).map((one) => one.value); }

  /** The value as a whole number, or undefined if absent; a wrong one ends the program. */
  number(letter: string): number | undefined {
    const text = this.value(letter);
    if (text === undefined) return undefined;
    if (!/^[-+]?\d+$/.test(text)) this.quit(`invalid number: '${text}'`);
    return Number(text);
  }

  /** A message on standard error; the status becomes 1 at least. */
  complain(message: string, status = 1): void {
    this.out.flush();
    writeAll(this.system, 2, encode(`${this.name}: ${message}\n`));
    this.status = Math.max(this.status, status);
  }

  /** End with a message. */
  quit(message: string, status = 1): never {
    this.complain(message, status);
    throw new ProgramExit(this.status);
  }

  /** The value, or undefined after a complaint about `about`. */
  check<T>(result: T | Failure, about: string): T | undefined {
    if (!(result instanceof Failure)) return result;
    this.complain(`${about}: ${result.message}`);
    return undefined;
  }

  /** A file's contents, or the first `most` bytes of them; `-` is standard input. */
  read(path: string, most = Infinity): Uint8Array | undefined { return this.check(readFile(this.system, path, most), path); }

  /** Call with the descriptor of each operand (standard input if there is none) in turn. */
  eachInput(action: (fd: number, path: string) => void): void {
    for (const path of this.operands.length > 0 ? this.operands : ["-"]) {
      if (path === "-") { action(0, path); continue; }
      const fd = this.check(this.system.open(path, Open.Read), path);
      if (fd === undefined) continue;
      action(fd, path);
      this.system.close(fd);
    }
  }
}

/** The problem with the command line, or undefined. */
function parse(tool: Tool, usage: Usage, args: readonly string[]): string | undefined {
  const flags = usage.flags ?? "";
  const values = usage.values ?? "";
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === "--") { tool.operands.push(...args.slice(index + 1)); return undefined; }
    if (argument.startsWith("--")) {
      const at = argument.indexOf("=");
      const name = at < 0 ? argument.slice(2) : argument.slice(2, at);
      const letter = usage.long?.[name];
      if (letter === undefined) return `unrecognized option '--${name}'`;
      if (!values.includes(letter)) { if (at >= 0) return `option '--${name}' doesn't allow an argument`; tool.given.push({ letter, value: "" }); continue; }
      const value = at >= 0 ? argument.slice(at + 1) : args[++index];
      if (value === undefined) return `option '--${name}' requires an argument`;
      tool.given.push({ letter, value });
      continue;
    }
    if (argument === "-" || !argument.startsWith("-")) {
      if (usage.stopsAtOperand) { tool.operands.push(...args.slice(index)); return undefined; }
      tool.operands.push(argument);
      continue;
    }
    if (usage.number !== undefined && /^-\d+$/.test(argument)) { tool.given.push({ letter: usage.number, value: argument.slice(1) }); continue; }
    for (let at = 1; at < argument.length; at++) {
      const letter = argument[at]!;
      if (values.includes(letter)) {
        const value = at + 1 < argument.length ? argument.slice(at + 1) : args[++index];
        if (value === undefined) return `option requires an argument -- '${letter}'`;
        tool.given.push({ letter, value });
        break;
      }
      if (!flags.includes(letter)) return `invalid option -- '${letter}'`;
      tool.given.push({ letter, value: "" });
    }
  }
  return undefined;
}

export function utility(usage: Usage, run: (tool: Tool) => number | void): Program {
  return (system) => {
    const tool = new Tool(system);
    const args = system.args.slice(1);
    if (args[0] === "--help" && usage.long?.["help"] === undefined) { tool.out.line(`usage: ${usage.usage}`); return tool.out.flush() ? 0 : 1; }
    const problem = parse(tool, usage, args);
    if (problem !== undefined) { tool.complain(`${problem}\nusage: ${usage.usage}`); return usage.wrong ?? 1; }
    let status: number;
    try {
      status = run(tool) ?? tool.status;
    } catch (thrown) {
      if (!(thrown instanceof ProgramExit)) throw thrown;
      status = thrown.status;
      if (status === 141) return status;
    }
    return tool.out.flush() ? status : Math.max(status, 1);
  };
}
