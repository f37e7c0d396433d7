// A sed script to commands (POSIX sed, with GNU's one-line a, i, c and the addresses first~step, addr,+n, addr,~n, 0,/re/).

import { compile } from "./regular-expression.ts";

export class ScriptFailure { constructor(readonly message: string) {} }

export type Address =
  | { type: "line"; number: number } | { type: "last" } | { type: "step"; number: number; step: number } | { type: "expression"; regexp: RegExp }
  | { type: "plus"; number: number } | { type: "multiple"; number: number };

export interface Command {
  first: Address | undefined;
  second: Address | undefined;
  negated: boolean;
  name: string;
  /** Text of a, i, c; file of r, w; label of :, b, t; file of s///w. */
  text: string;
  /** Of `{`: the index of its `}`. */
  target: number;
  /** Exit status of q; which match s replaces. */
  number: number | undefined;
  regexp: RegExp | undefined;
  replacement: ((groups: readonly (string | undefined)[]) => string) | undefined;
  global: boolean;
  print: boolean;
  map: ReadonlyMap<string, string> | undefined;
}

export function parseScript(source: string, extended: boolean): Command[] {
  const commands: Command[] = [];
  const open: number[] = [];
  let at = 0;
  let last: RegExp | undefined;
  const fail = (message: string): never => { throw new ScriptFailure(`char ${at}: ${message}`); };

  /** Text up to an unescaped delimiter; `\n` stays, an escaped delimiter loses its backslash. */
  const delimited = (delimiter: string, expression: boolean): string => {
    let text = "";
    let inSet = false;
    for (; ; at++) {
      const c = source[at];
      if (c === undefined || (c === "\n" && expression)) return fail(expression ? "unterminated address regex" : "unterminated `s' command");
      if (c === "\\") {
        const next = source[++at];
        if (next === delimiter && !(expression && /[.*[\]^$+?(){}|]/.test(delimiter))) text += delimiter;
        else if (next === "\n" && !expression) text += "\\\n";
        else text += "\\" + (next ?? "");
        continue;
      }
      if (expression && c === "[" && !inSet) { inSet = true; text += c; if (source[at + 1] === "^") text += source[++at]!; if (source[at + 1] === "]") text += source[++at]!; continue; }
      if (expression && inSet && c === "[" && /[:.=]/.test(source[at + 1] ?? "")) { const end = source.indexOf(`${source[at + 1]}]`, at + 2); if (end > 0) { text += source.slice(at, end + 2); at = end + 1; continue; } }
      if (inSet && c === "]") inSet = false;
      else if (c === delimiter && !inSet) { at++; return text; }
      text += c;
    }
  };

  const expression = (text: string, flags: string): RegExp => {
    if (text === "") { if (!last) return fail("no previous regular expression"); return flags === last.flags.replace("u", "") ? last : new RegExp(last.source, `u${flags}`); }
    return (last = compile(text, extended, flags));
  };

  const address = (): Address | undefined => {
    const c = source[at];
    const number = /^\d+/.exec(source.slice(at))?.[0];
    if (number !== undefined) {
      at += number.length;
      const step = /^~(\d+)/.exec(source.slice(at));
      if (step) { at += step[0].length; return { type: "step", number: Number(number), step: Number(step[1]) }; }
      return { type: "line", number: Number(number) };
    }
    if (c === "$") { at++; return { type: "last" }; }
    if (c === "/" || c === "\\") {
      const delimiter = c === "/" ? "/" : source[++at]!;
      at++;
      const text = delimited(delimiter, true);
      const flags = /^[IM]*/.exec(source.slice(at))![0];
      at += flags.length;
      return { type: "expression", regexp: expression(text, (flags.includes("I") ? "i" : "") + (flags.includes("M") ? "m" : "")) };
    }
    return undefined;
  };

  const blanks = () => { while (/[ \t]/.test(source[at] ?? "")) at++; };
  const restOfLine = (): string => { blanks(); const end = source.indexOf("\n", at); const text = source.slice(at, end < 0 ? source.length : end); at += text.length; return text; };

  /** Text of a, i, c: after a backslash and newline, or on the same line. */
  const literal = (): string => {
    blanks();
    if (source[at] === "\\") { at++; const line = at; blanks(); if (source[at] === "\n") at++; else at = line; }
    let text = "";
    for (; at < source.length && source[at] !== "\n"; at++) {
      if (source[at] === "\\" && at + 1 < source.length) at++;
      text += source[at];
    }
    return text;
  };

  for (;;) {
    while (/[\s;]/.test(source[at] ?? "")) at++;
    if (at >= source.length) break;
    if (source[at] === "#") { restOfLine(); continue; }
    const command: Command = { first: address(), second: undefined, negated: false, name: "", text: "", target: 0, number: undefined, regexp: undefined, replacement: undefined, global: false, print: false, map: undefined };
    blanks();
    if (command.first && source[at] === ",") {
      at++;
      blanks();
      const relative = /^([+~])(\d+)/.exec(source.slice(at));
      if (relative) { at += relative[0].length; command.second = { type: relative[1] === "+" ? "plus" : "multiple", number: Number(relative[2]) }; }
      else command.second = address() ?? fail("unexpected `,'");
      blanks();
    }
    while (source[at] === "!") { command.negated = true; at++; blanks(); }
    const name = source[at++];
    if (name === undefined) fail("missing command");
    command.name = name!;
    switch (name) {
      case "{": open.push(commands.length); break;
      case "}": { const start = open.pop() ?? fail("unexpected `}'"); commands[start]!.target = commands.length; break; }
      case "a": case "i": case "c": command.text = literal(); break;
      case ":": command.text = restOfLine().trim(); if (command.text === "") fail('":" lacks a label'); break;
      case "b": case "t": case "T": { blanks(); const label = /^[^\n;}]*/.exec(source.slice(at))![0]; at += label.length; command.text = label.trim(); break; }
      case "r": case "w": command.text = restOfLine(); if (command.text === "") fail("missing filename in r/R/w/W commands"); break;
      case "q": case "Q": { blanks(); const status = /^\d+/.exec(source.slice(at))?.[0]; if (status !== undefined) { at += status.length; command.number = Number(status); } break; }
      case "y": {
        const delimiter = source[at++] ?? fail("unterminated `y' command");
        const plain = (text: string) => [...text.replace(/\\(.)/gs, (_, c: string) => (c === "n" ? "\n" : c === "t" ? "\t" : c))];
        const [from, to] = [plain(delimited(delimiter, false)), plain(delimited(delimiter, false))];
        if (from.length !== to.length) fail("strings for `y' command are different lengths");
        command.map = new Map(from.map((c, index) => [c, to[index]!]));
        break;
      }
      case "s": {
        const delimiter = source[at++] ?? fail("unterminated `s' command");
        const pattern = delimited(delimiter, true);
        const replacement = delimited(delimiter, false);
        let flags = "";
        for (; /[gpiIme0-9w]/.test(source[at] ?? ""); at++) {
          const flag = source[at]!;
          if (flag === "g") command.global = true;
          else if (flag === "p") command.print = true;
          else if (flag === "i" || flag === "I") flags = "i";
          else if (flag === "m") flags += "m";
          else if (flag === "w") { at++; command.text = restOfLine(); break; }
          else if (/\d/.test(flag)) { const digits = /^\d+/.exec(source.slice(at))![0]; command.number = Number(digits); at += digits.length - 1; }
          else fail("unknown option to `s'");
        }
        command.regexp = expression(pattern, `g${flags}`);
        command.replacement = parseReplacement(replacement);
        break;
      }
      case "=": case "d": case "D": case "g": case "G": case "h": case "H": case "l": case "n": case "N": case "p": case "P": case "x": break;
      default: fail(`unknown command: \`${name}'`);
    }
    commands.push(command);
    if (!"{}aic:rw".includes(command.name) && command.name !== "") {
      blanks();
      if (at < source.length && !/[\n;}#]/.test(source[at]!)) fail("extra characters after command");
    }
  }
  if (open.length > 0) fail("unmatched `{'");
  return commands;
}

/** `&`, \1–\9, \n, and GNU's \U \L \u \l \E. */
function parseReplacement(source: string): (groups: readonly (string | undefined)[]) => string {
  const parts: (string | number | { fold: string })[] = [];
  let text = "";
  const flush = () => { if (text !== "") parts.push(text); text = ""; };
  for (let at = 0; at < source.length; at++) {
    const c = source[at]!;
    if (c === "&") { flush(); parts.push(0); continue; }
    if (c !== "\\") { text += c; continue; }
    const next = source[++at] ?? "\\";
    if (/\d/.test(next)) { flush(); parts.push(Number(next)); }
    else if (/[ULulE]/.test(next)) { flush(); parts.push({ fold: next }); }
    else text += next === "n" ? "\n" : next === "t" ? "\t" : next;
  }
  flush();
  return (groups) => {
    let result = "";
    let fold = "";
    let once = "";
    for (const part of parts) {
      if (typeof part === "object") { if (/[ul]/.test(part.fold)) once = part.fold; else fold = part.fold === "E" ? "" : part.fold; continue; }
      let value = typeof part === "string" ? part : groups[part] ?? "";
      if (fold !== "") value = fold === "U" ? value.toUpperCase() : value.toLowerCase();
      if (once !== "" && value !== "") { value = (once === "u" ? value[0]!.toUpperCase() : value[0]!.toLowerCase()) + value.slice(1); once = ""; }
      result += value;
    }
    return result;
  };
}
