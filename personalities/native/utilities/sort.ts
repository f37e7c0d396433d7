// sort: lines in order (the C locale's, by bytes).

import { compareBytes } from "./lines.ts";
import { decode, encode, writeFile } from "../api/streams.ts";
import { Failure } from "../api/failure.ts";
import { utility, type Tool } from "./utility.ts";

interface Key { field: number; character: number; endField: number; endCharacter: number; flags: string; blankStart: boolean; blankEnd: boolean }

function parseKey(tool: Tool, text: string): Key {
  const match = /^(\d+)(?:\.(\d+))?([bdfgiMhnrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnrV]*))?$/.exec(text);
  if (!match || match[1] === "0") tool.quit(`invalid field specification '${text}'`, 2);
  return { field: Number(match[1]), character: Number(match[2] ?? 1), endField: Number(match[4] ?? Infinity), endCharacter: Number(match[5] ?? 0), flags: (match[3] ?? "") + (match[6] ?? ""), blankStart: (match[3] ?? "").includes("b"), blankEnd: (match[6] ?? "").includes("b") };
}

/** Where each field starts and ends. Without a separator a field begins with the blanks before it. */
function fieldsOf(line: string, separator: string | undefined): [number, number][] {
  const fields: [number, number][] = [];
  if (separator !== undefined) {
    for (let at = 0; ;) {
      const end = line.indexOf(separator, at);
      fields.push([at, end < 0 ? line.length : end]);
      if (end < 0) return fields;
      at = end + 1;
    }
  }
  for (const match of line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g)) fields.push([match.index, match.index + match[0].length]);
  return fields;
}

function extract(line: string, key: Key, separator: string | undefined, blanks: boolean): string {
  const fields = fieldsOf(line, separator);
  const start = fields[key.field - 1];
  if (!start) return "";
  let [from] = start;
  if (blanks || key.blankStart) while (from < start[1] && /[ \t]/.test(line[from]!)) from++;
  from += key.character - 1;
  let to = line.length;
  const end = fields[key.endField - 1];
  if (key.endField !== Infinity && end) {
    if (key.endCharacter === 0) to = end[1];
    else {
      let base = end[0];
      if (blanks || key.blankEnd) while (base < end[1] && /[ \t]/.test(line[base]!)) base++;
      to = Math.min(base + key.endCharacter, line.length);
    }
  }
  return line.slice(from, Math.max(from, to));
}

type Comparison = (a: string, b: string) => number;

/** Of text without surrogates, where a string's order is that of its bytes: the host's own comparison is quicker. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function numeric(text: string): { negative: boolean; whole: string; fraction: string } {
  const match = /^\s*(-?)0*(\d*)(?:\.(\d*?)0*(?!\d))?/.exec(text)!;
  const whole = match[2] ?? "";
  const fraction = match[3] ?? "";
  return { negative: match[1] === "-" && (whole !== "" || fraction !== ""), whole, fraction };
}

/** Digits of any length, as POSIX has it. */
function compareNumeric(a: string, b: string): number {
  const [x, y] = [numeric(a), numeric(b)];
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const sign = x.negative ? -1 : 1;
  return sign * (x.whole.length - y.whole.length || compareText(x.whole, y.whole) || compareText(x.fraction, y.fraction));
}

const suffixes = " KMGTPE";
function compareHuman(a: string, b: string): number {
  const rank = (text: string) => { const match = /^\s*-?\d*\.?\d*\s*([KkMGTPE]?)/.exec(text); const value = parseFloat(text) || 0; return Math.sign(value) * (Math.max(0, suffixes.indexOf((match?.[1] ?? "").toUpperCase() || " ")) + 1); };
  return rank(a) - rank(b) || compareNumeric(a, b);
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function compareVersion(a: string, b: string): number {
  const [x, y] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let at = 0; at < Math.max(x.length, y.length); at++) {
    const [l, r] = [x[at] ?? "", y[at] ?? ""];
    const difference = at % 2 ? Number(l) - Number(r) : compareBytes(l, r);
    if (difference) return difference;
  }
  return 0;
}

function comparison(flags: string, text: Comparison): Comparison {
  const prepare = (line: string) => {
    let result = line;
    if (flags.includes("d")) result = result.replace(/[^A-Za-z0-9 \t]/g, "");
    if (flags.includes("i")) result = result.replace(/[^\x20-\x7e]/g, "");
    if (flags.includes("f")) result = result.toUpperCase();
    return result;
  };
  const base = flags.includes("n") ? compareNumeric
    : flags.includes("h") ? compareHuman
      : flags.includes("g") ? (a: string, b: string) => { const [x, y] = [parseFloat(a), parseFloat(b)]; return Number.isNaN(x) || Number.isNaN(y) ? Number(Number.isNaN(y)) - Number(Number.isNaN(x)) : x - y; }
        : flags.includes("M") ? (a: string, b: string) => months.indexOf(a.trim().slice(0, 3).toLowerCase()) - months.indexOf(b.trim().slice(0, 3).toLowerCase())
          : flags.includes("V") ? compareVersion
            : text;
  const plain = !/[dif]/.test(flags) ? base : (a: string, b: string) => base(prepare(a), prepare(b));
  return flags.includes("r") ? (a, b) => plain(b, a) : plain;
}

export const sort = utility({ usage: "sort [-bcCdfghiMmnrsuVz] [-k KEY] [-t CHAR] [-o FILE] [FILE...]", flags: "bcCdfghiMmnrsuVz", values: "ktoST", wrong: 2, long: { "numeric-sort": "n", reverse: "r", unique: "u", key: "k", "field-separator": "t", output: "o", stable: "s", "ignore-case": "f", check: "c", "human-numeric-sort": "h", "version-sort": "V", "zero-terminated": "z" } }, (tool: Tool) => {
  const delimiter = tool.has("z") ? "\0" : "\n";
  const separatorOption = tool.value("t");
  const separator = separatorOption === "\\0" ? "\0" : separatorOption;
  if (separator !== undefined && separator.length !== 1) tool.quit(`multi-character tab '${separator}'`, 2);
  const keys = tool.all("k").map((text) => parseKey(tool, text));
  const global = tool.given.map((one) => one.letter).filter((letter) => "bdfghiMnrV".includes(letter)).join("");

  const lines: string[] = [];
  tool.status = 0;
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const data = tool.read(path);
    if (!data) return 2;
    if (data.length === 0) continue;
    const parts = decode(data).split(delimiter);
    if (parts.at(-1) === "") parts.pop();
    for (const part of parts) lines.push(part);
  }
  const text = lines.some((line) => /[\ud800-\udfff]/.test(line)) ? compareBytes : compareText;
  const comparisons = keys.map((key) => {
    const flags = /[dfghiMnrV]/.test(key.flags) ? key.flags : key.flags + global;
    const compare = comparison(flags, text);
    const cache = new Map<string, string>();
    const value = (line: string) => { let text = cache.get(line); if (text === undefined) cache.set(line, text = extract(line, key, separator, flags.includes("b"))); return text; };
    return (a: string, b: string) => compare(value(a), value(b));
  });
  const whole = comparison(keys.length === 0 ? global : "", text);
  const trimmed = keys.length === 0 && global.includes("b") ? (a: string, b: string) => whole(a.replace(/^[ \t]+/, ""), b.replace(/^[ \t]+/, "")) : whole;
  const byKeys = keys.length > 0 ? (a: string, b: string) => { for (const compare of comparisons) { const order = compare(a, b); if (order) return order; } return 0; } : trimmed;
  const reversed = global.includes("r");
  const last = tool.has("s") || tool.has("u") ? () => 0 : (a: string, b: string) => (reversed ? text(b, a) : text(a, b));
  const order = (a: string, b: string) => byKeys(a, b) || last(a, b);

  if (tool.has("c") || tool.has("C")) {
    for (let at = 1; at < lines.length; at++) {
      const wrong = tool.has("u") ? byKeys(lines[at - 1]!, lines[at]!) >= 0 : order(lines[at - 1]!, lines[at]!) > 0;
      if (wrong) { if (tool.has("c")) tool.complain(`${tool.operands[0] ?? "-"}:${at + 1}: disorder: ${lines[at]}`); return 1; }
    }
    return 0;
  }
  lines.sort(order);
  const kept = tool.has("u") ? lines.filter((line, at) => at === 0 || byKeys(lines[at - 1]!, line) !== 0) : lines;
  const output = kept.length === 0 ? new Uint8Array(0) : encode(kept.join(delimiter) + delimiter);
  const target = tool.value("o");
  if (target === undefined) tool.out.bytes(output);
  else {
    const written = writeFile(tool.system, target, output);
    if (written instanceof Failure) { tool.complain(`${target}: ${written.message}`); return 2; }
  }
  return 0;
});
