// One word: literals, quotes, parameters, substitutions, arithmetic (POSIX 2.2, 2.6). Where a word ends depends on where it stands:
// in a command at a blank or operator, in "…" at the quote, in ${…} at the brace, in $((…)) at the parentheses.

import { decodeTextLosslessly, encodeText } from "../../../lib/ts/text.ts";
import type { Scanner } from "./scanner.ts";
import type { ParameterOperator, Part, Word } from "./syntax-tree.ts";

type Place = "command" | "double" | "document" | "brace" | "brace-in-double" | "arithmetic";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;

/** Reads on from the scanner's position. In "double", "brace" and "arithmetic" the closing character is consumed. */
export function readWord(scanner: Scanner, place: Place = "command", stop = ""): Word {
  const parts: Part[] = [];
  let text = "";
  let depth = 0;
  const flush = () => { if (text !== "") parts.push(place === "command" || place === "brace" ? { type: "literal", text } : { type: "quoted", text }); text = ""; };
  const add = (part: Part) => { flush(); parts.push(part); };
  const quotes = place === "command" || place === "brace";

  for (;;) {
    const c = scanner.source[scanner.position];
    if (c === undefined) {
      if (place === "double") scanner.fail("unterminated quoted string", true);
      if (place === "brace" || place === "brace-in-double") scanner.fail("missing `}'", true);
      if (place === "arithmetic") scanner.fail("missing `))'", true);
      break;
    }
    if (place === "command" && /[ \t\r\n|&;<>()]/.test(c)) break;
    if (place === "double" && c === '"') { scanner.position++; break; }
    if ((place === "brace" || place === "brace-in-double") && (c === "}" || (stop !== "" && c === stop))) break;
    if (place === "arithmetic") {
      if (c === "(") depth++;
      if (c === ")") {
        if (depth === 0) {
          if (scanner.source[scanner.position + 1] !== ")") scanner.fail("missing `))'");
          scanner.position += 2;
          break;
        }
        depth--;
      }
    }
    if (c === "\\") {
      const next = scanner.source[scanner.position + 1];
      if (next === "\n") { scanner.position += 2; continue; }
      if (next === undefined) { text += "\\"; scanner.position++; continue; }
      const escapes = quotes || next === "$" || next === "`" || next === "\\" || (next === '"' && place !== "document") || (next === "}" && place === "brace-in-double");
      scanner.position += 2;
      if (escapes) add({ type: "quoted", text: next });
      else text += "\\" + next;
      continue;
    }
    if (c === "'" && quotes) {
      const end = scanner.source.indexOf("'", scanner.position + 1);
      if (end < 0) scanner.fail("unterminated quoted string", true);
      add({ type: "quoted", text: scanner.source.slice(scanner.position + 1, end) });
      scanner.position = end + 1;
      continue;
    }
    if (c === '"' && place !== "document" && place !== "double") {
      scanner.position++;
      if (place === "arithmetic") continue;
      add({ type: "double", parts: readWord(scanner, "double").parts });
      continue;
    }
    if (c === "`") { add(readBackquotes(scanner, !quotes)); continue; }
    if (c === "$") {
      const part = readDollar(scanner, place);
      if (part) add(part);
      else { text += "$"; scanner.position++; }
      continue;
    }
    text += c;
    scanner.position++;
  }
  flush();
  return { parts };
}

function readBackquotes(scanner: Scanner, inDouble: boolean): Part {
  let text = "";
  for (let at = scanner.position + 1; ; at++) {
    const c = scanner.source[at];
    if (c === undefined) scanner.fail("unterminated backquote", true);
    if (c === "`") { scanner.position = at + 1; return scanner.parseText(text); }
    if (c === "\\") {
      const next = scanner.source[++at];
      text += next === "$" || next === "`" || next === "\\" || (inDouble && next === '"') ? next : "\\" + (next ?? "");
    } else text += c;
  }
}

/** Undefined if the dollar stands for itself. */
function readDollar(scanner: Scanner, place: Place): Part | undefined {
  const rest = scanner.source.slice(scanner.position + 1, scanner.position + 257);
  const quoted = place !== "command" && place !== "brace";
  if (rest.startsWith("((")) {
    const start = scanner.position;
    scanner.position += 3;
    if (closesArithmetic(scanner.source, scanner.position)) return { type: "arithmetic", parts: readWord(scanner, "arithmetic").parts };
    scanner.position = start;
  }
  if (rest[0] === "(") { scanner.position += 2; return scanner.parseSubstitution(scanner); }
  if (rest[0] === "{") { scanner.position += 2; return readBraces(scanner, quoted); }
  if (rest[0] === "'" && !quoted) return readAnsiQuote(scanner);
  const name = NAME.exec(rest)?.[0] ?? /^[0-9@*#?$!-]/.exec(rest)?.[0];
  if (name === undefined) return undefined;
  scanner.position += 1 + name.length;
  return { type: "parameter", name };
}

/** Whether the parentheses after `$((` balance and end in `))`: otherwise it is a substitution that starts with a subshell. */
function closesArithmetic(source: string, from: number): boolean {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const c = source[at];
    if (c === "\\") at++;
    else if (c === "(") depth++;
    else if (c === ")") {
      if (depth === 0) return source[at + 1] === ")";
      depth--;
    }
  }
  return true;
}

function readBraces(scanner: Scanner, inDouble: boolean): Part {
  const close = () => { if (scanner.source[scanner.position] !== "}") scanner.fail("bad substitution", scanner.position >= scanner.source.length); scanner.position++; };
  const operand = (stop = "") => readWord(scanner, inDouble ? "brace-in-double" : "brace", stop);
  const parameterAt = (from: number) => { const rest = scanner.source.slice(from); return NAME.exec(rest)?.[0] ?? /^(\d+|[@*#?$!-])/.exec(rest)?.[0]; };

  if (scanner.source[scanner.position] === "#") {
    const name = parameterAt(scanner.position + 1);
    if (name !== undefined && scanner.source[scanner.position + 1 + name.length] === "}") {
      scanner.position += 1 + name.length;
      close();
      return { type: "parameter", name, operator: "length" };
    }
  }
  const name = parameterAt(scanner.position);
  if (name === undefined) scanner.fail("bad substitution", scanner.position >= scanner.source.length);
  scanner.position += name.length;
  const rest = scanner.source.slice(scanner.position, scanner.position + 2);
  if (rest[0] === "}") { close(); return { type: "parameter", name }; }
  const operator = /^(:[-=?+]|%%|##|[-=?+%#])/.exec(rest)?.[0] as ParameterOperator | undefined;
  if (operator !== undefined) {
    scanner.position += operator.length;
    // A pattern is quoted by its own quotes only, whatever stands around it.
    const word = operator[0] === "%" || operator[0] === "#" ? readWord(scanner, "brace") : operand();
    close();
    return { type: "parameter", name, operator, word };
  }
  if (rest[0] === "/") {
    const all = rest[1] === "/";
    scanner.position += all ? 2 : 1;
    const word = readWord(scanner, "brace", "/");
    let second: Word = { parts: [] };
    if (scanner.source[scanner.position] === "/") { scanner.position++; second = operand(); }
    close();
    return { type: "parameter", name, operator: all ? "replace-all" : "replace", word, second };
  }
  if (rest[0] === ":") {
    scanner.position++;
    const word = readWord(scanner, "brace-in-double", ":");
    let second: Word | undefined;
    if (scanner.source[scanner.position] === ":") { scanner.position++; second = readWord(scanner, "brace-in-double"); }
    close();
    return second ? { type: "parameter", name, operator: "substring", word, second } : { type: "parameter", name, operator: "substring", word };
  }
  return scanner.fail("bad substitution", scanner.position >= scanner.source.length);
}

const simpleEscapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", e: "\x1b", f: "\f", v: "\v", "\\": "\\", "'": "'", '"': '"' };

/** $'…' (POSIX 2024). */
function readAnsiQuote(scanner: Scanner): Part {
  let text = "";
  for (let at = scanner.position + 2; ; at++) {
    const c = scanner.source[at];
    if (c === undefined) scanner.fail("unterminated quoted string", true);
    // Bytes that make a character become it.
    if (c === "'") { scanner.position = at + 1; return { type: "quoted", text: decodeTextLosslessly(encodeText(text)) }; }
    if (c !== "\\") { text += c; continue; }
    const rest = scanner.source.slice(at + 1, at + 12);
    const number = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3}))/.exec(rest);
    if (number) {
      const [all, byte, short, long, octal] = number;
      const code = byte !== undefined ? parseInt(byte, 16) : octal !== undefined ? parseInt(octal, 8) & 0xff : parseInt(short ?? long!, 16);
      // \x and octal digits name bytes, \u and \U characters.
      text += code >= 0x80 && !/^u/i.test(all) ? String.fromCharCode(0xdc00 + code) : code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
      at += number[0].length;
    } else {
      const next = rest[0] ?? "";
      text += simpleEscapes[next] ?? "\\" + next;
      at++;
    }
  }
}
