// test, [: a condition as an exit status: 0 true, 1 false, 2 wrong. POSIX's rules by number of operands decide what is an operator;
// longer expressions with -a, -o, ! and parentheses are parsed.

import { Failure } from "../api/failure.ts";
import type { NativeSystem, Stat } from "../api/native-system.ts";
import type { Program } from "../api/program.ts";
import { encode, writeAll } from "../api/streams.ts";

class Wrong { constructor(readonly message: string) {} }

const fileTests: Readonly<Record<string, (stat: Stat) => boolean>> = {
  "-e": () => true, "-f": (stat) => stat.kind === "regular", "-d": (stat) => stat.kind === "directory", "-s": (stat) => stat.size > 0,
  "-b": (stat) => stat.kind === "block", "-c": (stat) => stat.kind === "character", "-p": (stat) => stat.kind === "pipe", "-S": (stat) => stat.kind === "socket",
  "-r": (stat) => (stat.mode & 0o444) !== 0, "-w": (stat) => (stat.mode & 0o222) !== 0, "-x": (stat) => (stat.mode & 0o111) !== 0,
  "-u": (stat) => (stat.mode & 0o4000) !== 0, "-g": (stat) => (stat.mode & 0o2000) !== 0, "-k": (stat) => (stat.mode & 0o1000) !== 0, "-O": () => true, "-G": () => true,
};
const isUnary = (text: string): boolean => text in fileTests || ["-n", "-z", "-h", "-L", "-t"].includes(text);
const binaries = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

export const test: Program = (system) => {
  const name = (system.args[0] ?? "test").replace(/.*\//, "");
  let args = system.args.slice(1);
  try {
    if (name === "[") {
      if (args.at(-1) !== "]") throw new Wrong("missing ]");
      args = args.slice(0, -1);
    }
    return evaluate(system, args) ? 0 : 1;
  } catch (thrown) {
    if (!(thrown instanceof Wrong)) throw thrown;
    writeAll(system, 2, encode(`${name}: ${thrown.message}\n`));
    return 2;
  }
};

function evaluate(system: NativeSystem, args: readonly string[]): boolean {
  const [a, b, c] = args;
  switch (args.length) {
    case 0: return false;
    case 1: return a !== "";
    case 2:
      if (a === "!") return b === "";
      if (isUnary(a!)) return unary(system, a!, b!);
      break;
    case 3:
      if (binaries.has(b!)) return binary(system, a!, b!, c!);
      if (b === "-a") return a !== "" && c !== "";
      if (b === "-o") return a !== "" || c !== "";
      if (a === "!") return !evaluate(system, args.slice(1));
      if (a === "(" && c === ")") return b !== "";
      break;
    case 4:
      if (a === "!") return !evaluate(system, args.slice(1));
      if (a === "(" && args[3] === ")") return evaluate(system, args.slice(1, 3));
      break;
  }
  const parser = { args, at: 0 };
  const value = or(system, parser);
  if (parser.at < args.length) throw new Wrong(`${args[parser.at]}: unexpected operator`);
  return value;
}

interface Position { args: readonly string[]; at: number }

function or(system: NativeSystem, position: Position): boolean {
  let value = and(system, position);
  while (position.args[position.at] === "-o") { position.at++; const right = and(system, position); value ||= right; }
  return value;
}

function and(system: NativeSystem, position: Position): boolean {
  let value = primary(system, position);
  while (position.args[position.at] === "-a") { position.at++; const right = primary(system, position); value &&= right; }
  return value;
}

function primary(system: NativeSystem, position: Position): boolean {
  const { args } = position;
  const first = args[position.at];
  if (first === undefined) throw new Wrong("argument expected");
  const operator = args[position.at + 1];
  if (operator !== undefined && binaries.has(operator) && args[position.at + 2] !== undefined) {
    position.at += 3;
    return binary(system, first, operator, args[position.at - 1]!);
  }
  position.at++;
  if (first === "!") return !primary(system, position);
  if (first === "(") {
    const value = or(system, position);
    if (args[position.at++] !== ")") throw new Wrong("closing paren expected");
    return value;
  }
  if (isUnary(first)) {
    const operand = args[position.at++];
    if (operand === undefined) throw new Wrong(`${first}: argument expected`);
    return unary(system, first, operand);
  }
  return first !== "";
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Wrong(`Illegal number: ${text}`);
  return BigInt(text.trim().replace(/^\+/, ""));
}

function unary(system: NativeSystem, operator: string, operand: string): boolean {
  switch (operator) {
    case "-n": return operand !== "";
    case "-z": return operand === "";
    case "-t": return system.isTerminal(Number(integer(operand)));
  }
  const link = operator === "-h" || operator === "-L";
  const stat = system.stat(operand, !link);
  if (stat instanceof Failure) return false;
  return link ? stat.kind === "link" : fileTests[operator]!(stat);
}

function binary(system: NativeSystem, a: string, operator: string, b: string): boolean {
  switch (operator) {
    case "=": case "==": return a === b;
    case "!=": return a !== b;
    case "<": return a < b;
    case ">": return a > b;
    case "-eq": return integer(a) === integer(b);
    case "-ne": return integer(a) !== integer(b);
    case "-lt": return integer(a) < integer(b);
    case "-le": return integer(a) <= integer(b);
    case "-gt": return integer(a) > integer(b);
    case "-ge": return integer(a) >= integer(b);
  }
  const [left, right] = [system.stat(a), system.stat(b)];
  const [x, y] = [left instanceof Failure ? undefined : left, right instanceof Failure ? undefined : right];
  if (operator === "-ef") return x !== undefined && y !== undefined && x.inode === y.inode && x.device === y.device;
  if (operator === "-nt") return x !== undefined && (y === undefined || x.modified > y.modified);
  return y !== undefined && (x === undefined || x.modified < y.modified);
}
