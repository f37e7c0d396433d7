// printf: operands under a format, which is used again while operands are left (POSIX).

import type { Program } from "../api/program.ts";
import { Output, concatenate, encode, writeAll } from "../api/streams.ts";
import { expandEscapes } from "./escapes.ts";

const CONVERSION = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?([a-zA-Z])?)/g;

export const printf: Program = (system) => {
  const out = new Output(system);
  let [format, ...operands] = system.args.slice(1);
  if (format === "--") [format, ...operands] = operands;
  if (format === undefined) { writeAll(system, 2, encode("printf: usage: printf format [arg ...]\n")); return 2; }
  let status = 0;
  const complain = (message: string) => { out.flush(); writeAll(system, 2, encode(`printf: ${message}\n`)); status = 1; };
  let at = 0;
  const number = (text: string | undefined): bigint => {
    if (text === undefined || text === "") return 0n;
    if (text[0] === "'" || text[0] === '"') return BigInt(text.codePointAt(1) ?? 0);
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)(.*)$/s.exec(text);
    if (!match) { complain(`${text}: expected numeric value`); return 0n; }
    if (match[3] !== "") complain(`${text}: not completely converted`);
    const digits = match[2]!;
    const value = BigInt(/^0[0-7]+$/.test(digits) ? "0o" + digits.slice(1) : digits);
    return match[1] === "-" ? -value : value;
  };
  const real = (text: string | undefined): number => {
    if (text === undefined || text === "") return 0;
    if (text[0] === "'" || text[0] === '"') return text.codePointAt(1) ?? 0;
    const value = /^\s*[-+]?0[xX]/.test(text) ? Number(number(text)) : parseFloat(text.replace(/^\s*([-+]?)inf.*/i, "$1Infinity"));
    if (Number.isNaN(value) && !/nan/i.test(text)) { complain(`${text}: expected numeric value`); return 0; }
    return value;
  };

  do {
    const before = at;
    const parts: Uint8Array[] = [];
    let last = 0;
    for (const match of format.matchAll(CONVERSION)) {
      const literal = expandEscapes(format.slice(last, match.index), "format");
      parts.push(literal.bytes);
      last = match.index + match[0].length;
      if (match[0] === "%%") { parts.push(encode("%")); continue; }
      let flags = match[1] ?? "";
      let width = match[2] === "*" ? Number(number(operands[at++])) : Number(match[2] ?? 0);
      if (width < 0) { flags += "-"; width = -width; }
      const hasPrecision = match[0].includes(".");
      let precision: number | undefined = match[3] === "*" ? Number(number(operands[at++])) : hasPrecision ? Number(match[3] ?? 0) : undefined;
      if (precision !== undefined && precision < 0) precision = undefined;
      const letter = match[4];
      const pad = (text: string, zeros = false): string => {
        if (flags.includes("-")) return text.padEnd(width);
        if (!zeros || !flags.includes("0")) return text.padStart(width);
        const sign = /^[-+ ]?(0[xX])?/.exec(text)![0];
        return sign + text.slice(sign.length).padStart(width - sign.length, "0");
      };
      const signed = (negative: boolean, digits: string) => (negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + digits;
      switch (letter) {
        case "s": parts.push(encode(pad((operands[at++] ?? "").slice(0, precision)))); break;
        case "c": parts.push(encode(pad([...(operands[at++] ?? "")][0] ?? ""))); break;
        case "b": {
          const argument = expandEscapes(operands[at++] ?? "", "argument");
          parts.push(argument.bytes);
          for (let missing = width - argument.bytes.length; missing > 0; missing--) parts.push(encode(" "));
          if (argument.stop) { out.bytes(concatenate(parts)); out.flush(); return status; }
          break;
        }
        case "d": case "i": {
          const value = number(operands[at++]);
          const digits = (value < 0n ? -value : value).toString().padStart(precision ?? 1, "0");
          parts.push(encode(pad(signed(value < 0n, digits), precision === undefined)));
          break;
        }
        case "u": case "o": case "x": case "X": {
          const value = BigInt.asUintN(64, number(operands[at++]));
          let digits = value.toString(letter === "u" ? 10 : letter === "o" ? 8 : 16).padStart(precision ?? 1, "0");
          if (flags.includes("#") && value !== 0n) digits = (letter === "o" ? (digits.startsWith("0") ? "" : "0") : letter === "u" ? "" : "0x") + digits;
          parts.push(encode(pad(letter === "X" ? digits.toUpperCase() : digits, precision === undefined)));
          break;
        }
        case "f": case "F": case "e": case "E": case "g": case "G": {
          const value = real(operands[at++]);
          const text = signed(value < 0 || Object.is(value, -0), formatReal(Math.abs(value), letter, precision ?? 6, flags.includes("#")));
          parts.push(encode(pad(text, Number.isFinite(value))));
          break;
        }
        default:
          complain(`%${letter ?? ""}: invalid directive`);
          out.bytes(concatenate(parts));
          out.flush();
          return status;
      }
    }
    const literal = expandEscapes(format.slice(last), "format");
    parts.push(literal.bytes);
    out.bytes(concatenate(parts));
    if (at === before) break;
  } while (at < operands.length);
  return out.flush() ? status : 1;
};

/** As C's printf: exponents have two digits at least, %g drops zeros at the end. */
function formatReal(value: number, letter: string, precision: number, alternate: boolean): string {
  if (!Number.isFinite(value)) { const text = Number.isNaN(value) ? "nan" : "inf"; return letter < "a" ? text.toUpperCase() : text; }
  const exponential = (digits: number) => value.toExponential(Math.min(digits, 100)).replace(/e([-+])(\d)$/, "e$10$2");
  let text: string;
  switch (letter.toLowerCase()) {
    case "f": text = value.toFixed(Math.min(precision, 100)); break;
    case "e": text = exponential(precision); break;
    default: {
      const significant = precision === 0 ? 1 : precision;
      const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split("e")[1]);
      text = exponent < -4 || exponent >= significant ? exponential(significant - 1) : value.toFixed(significant - 1 - exponent);
      if (!alternate && text.includes(".")) text = text.replace(/\.?0+(?=e|$)/, "");
    }
  }
  return letter < "a" ? text.toUpperCase() : text;
}
