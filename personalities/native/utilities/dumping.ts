// hexdump, xxd and od: bytes as numbers.

import { concatenate } from "../api/streams.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

function input(tool: Tool): Uint8Array {
  const skip = amount(tool, tool.value("s") ?? tool.value("j"), 0);
  const length = amount(tool, tool.value("n") ?? tool.value("N") ?? tool.value("l"), Infinity);
  const parts: Uint8Array[] = [];
  // No further than that: a file may have no end.
  let left = skip + length;
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const part = left > 0 ? tool.read(path, left) : undefined;
    if (!part) continue;
    parts.push(part);
    left -= part.length;
  }
  return concatenate(parts).subarray(skip);
}

function amount(tool: Tool, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  return (/^0x[0-9a-f]+$/i.test(text) ? Number(text) : parseSize(text)) ?? tool.quit(`invalid number '${text}'`);
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
const printable = (row: Uint8Array): string => Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");

/** Rows of `width` bytes; equal ones after the first become one `*` unless all are wanted. */
function rows(tool: Tool, data: Uint8Array, width: number, start: number, show: (offset: number, row: Uint8Array) => string, all: boolean): void {
  let before: string | undefined;
  let starred = false;
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const text = row.join();
    if (!all && row.length === width && text === before) { if (!starred) tool.out.line("*"); starred = true; continue; }
    starred = false;
    before = text;
    tool.out.line(show(start + at, row));
  }
}

export const hexdump = utility({ usage: "hexdump [-Cbcdovx] [-n LENGTH] [-s OFFSET] [FILE...]", flags: "Cbcdovx", values: "ns", long: { canonical: "C", length: "n", skip: "s", "no-squeezing": "v" } }, (tool: Tool) => {
  const data = input(tool);
  const start = amount(tool, tool.value("s"), 0);
  const words = (row: Uint8Array) => Array.from({ length: Math.ceil(row.length / 2) }, (_, index) => row[index * 2]! | (row[index * 2 + 1] ?? 0) << 8);
  if (tool.has("C")) {
    rows(tool, data, 16, start, (offset, row) => {
      const cells = Array.from(row, (byte) => hex(byte, 2));
      return `${hex(offset, 8)}  ${cells.slice(0, 8).join(" ").padEnd(23)}  ${cells.slice(8).join(" ").padEnd(23)}  |${printable(row)}|`;
    }, tool.has("v"));
    if (data.length > 0) tool.out.line(hex(start + data.length, 8));
    return tool.status;
  }
  const show = tool.has("b") ? (row: Uint8Array) => Array.from(row, (byte) => ` ${byte.toString(8).padStart(3, "0")}`).join("")
    : tool.has("c") ? (row: Uint8Array) => Array.from(row, (byte) => ` ${character(byte).padStart(3)}`).join("")
      : tool.has("d") ? (row: Uint8Array) => words(row).map((word) => `   ${String(word).padStart(5, "0")}`).join("")
        : tool.has("o") ? (row: Uint8Array) => words(row).map((word) => `  ${word.toString(8).padStart(6, "0")}`).join("")
          : tool.has("x") ? (row: Uint8Array) => words(row).map((word) => `    ${hex(word, 4)}`).join("")
            : (row: Uint8Array) => words(row).map((word) => ` ${hex(word, 4)}`).join("");
  const fullWidth = 7 + show(new Uint8Array(16)).length;
  rows(tool, data, 16, start, (offset, row) => (hex(offset, 7) + show(row)).padEnd(fullWidth), tool.has("v"));
  if (data.length > 0) tool.out.line(hex(start + data.length, 7));
  return tool.status;
});

const named: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" };
function character(byte: number): string { return named[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0")); }

export const xxd = utility({ usage: "xxd [-pru] [-c COLUMNS] [-g BYTES] [-l LENGTH] [-s OFFSET] [FILE]", flags: "pru", values: "cgls" }, (tool: Tool) => {
  if (tool.has("r")) {
    const text = new TextDecoder().decode(tool.read(tool.operands[0] ?? "-") ?? new Uint8Array(0));
    for (const line of text.split("\n")) {
      const digits = (tool.has("p") ? line : line.replace(/^[0-9a-fA-F]+: ?/, "").split("  ")[0]!).replace(/[^0-9a-fA-F]/g, "");
      tool.out.bytes(Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
    }
    return tool.status;
  }
  const data = input(tool);
  const start = amount(tool, tool.value("s"), 0);
  const cell = (byte: number) => (tool.has("u") ? hex(byte, 2).toUpperCase() : hex(byte, 2));
  if (tool.has("p")) { const columns = tool.number("c") ?? 30; for (let at = 0; at < data.length; at += columns) tool.out.line(Array.from(data.subarray(at, at + columns), cell).join("")); return tool.status; }
  const columns = tool.number("c") ?? 16;
  const group = tool.number("g") ?? 2;
  const width = columns * 2 + Math.ceil(columns / Math.max(group, 1)) - 1;
  rows(tool, data, columns, start, (offset, row) => `${hex(offset, 8)}: ${Array.from(row, (byte, index) => (index > 0 && group > 0 && index % group === 0 ? " " : "") + cell(byte)).join("").padEnd(width)}  ${printable(row)}`, true);
  return tool.status;
});

export const od = utility({ usage: "od [-bcdxov] [-A d|o|x|n] [-t TYPE] [-j SKIP] [-N LENGTH] [FILE...]", flags: "bcdxov", values: "AtjN", long: { "address-radix": "A", format: "t", "skip-bytes": "j", "read-bytes": "N" } }, (tool: Tool) => {
  const data = input(tool);
  const start = amount(tool, tool.value("j"), 0);
  const radix = tool.value("A") ?? "o";
  const address = (offset: number) => (radix === "n" ? "" : radix === "x" ? hex(offset, 6) : radix === "d" ? String(offset).padStart(7, "0") : offset.toString(8).padStart(7, "0"));
  const types = tool.all("t").flatMap((text) => text.match(/[acdoux][1248CSILz]*/g) ?? tool.quit(`invalid type string '${text}'`));
  if (tool.has("b")) types.push("o1");
  if (tool.has("c")) types.push("c");
  if (tool.has("d")) types.push("u2");
  if (tool.has("x")) types.push("x2");
  if (types.length === 0 || tool.has("o")) types.push("o2");
  const show = (type: string) => (row: Uint8Array): string => {
    const [letter] = type;
    if (letter === "c") return Array.from(row, (byte) => ` ${character(byte).padStart(3)}`).join("");
    const size = { "1": 1, "2": 2, "4": 4, "8": 8, C: 1, S: 2, I: 4, L: 8 }[type[1] ?? "4"] ?? 4;
    const digits = { o: Math.ceil(size * 8 / 3), x: size * 2, u: [0, 3, 5, 0, 10, 0, 0, 0, 20][size]!, d: [0, 4, 6, 0, 11, 0, 0, 0, 20][size]!, a: 3 }[letter as "o" | "x" | "u" | "d" | "a"];
    let text = "";
    for (let at = 0; at < row.length; at += size) {
      let value = 0n;
      for (let byte = size - 1; byte >= 0; byte--) value = value << 8n | BigInt(row[at + byte] ?? 0);
      if (letter === "d") value = BigInt.asIntN(size * 8, value);
      const word = letter === "o" ? value.toString(8).padStart(digits, "0") : letter === "x" ? value.toString(16).padStart(digits, "0") : value.toString();
      text += ` ${word.padStart(digits)}`;
    }
    return text;
  };
  const shows = types.map(show);
  rows(tool, data, 16, start, (offset, row) => shows.map((one, index) => (index === 0 ? address(offset) : " ".repeat(address(offset).length)) + one(row)).join("\n"), tool.has("v"));
  if (radix !== "n") tool.out.line(address(start + data.length));
  return tool.status;
});
