// tr: characters replaced, deleted or squeezed. Works on bytes, as the C locale has it.

import { Failure } from "../api/failure.ts";
import { encode } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

const ranges: Readonly<Record<string, [number, number][]>> = {
  alpha: [[65, 90], [97, 122]], digit: [[48, 57]], alnum: [[48, 57], [65, 90], [97, 122]], upper: [[65, 90]], lower: [[97, 122]], space: [[9, 13], [32, 32]], blank: [[9, 9], [32, 32]],
  punct: [[33, 47], [58, 64], [91, 96], [123, 126]], print: [[32, 126]], graph: [[33, 126]], cntrl: [[0, 31], [127, 127]], xdigit: [[48, 57], [65, 70], [97, 102]],
};
const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };

/** The bytes a set stands for; `length` is what `[c*]` fills up to. */
function parseSet(tool: Tool, source: string, length: number): number[] {
  const bytes = encode(source);
  const text = String.fromCharCode(...bytes);
  const set: number[] = [];
  let fill = -1;
  const one = (at: number): { value: number; end: number } => {
    if (text[at] !== "\\" || at + 1 >= text.length) return { value: bytes[at]!, end: at + 1 };
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1));
    if (octal) return { value: parseInt(octal[0], 8) & 255, end: at + 1 + octal[0].length };
    return { value: escapes[text[at + 1]!] ?? bytes[at + 1]!, end: at + 2 };
  };
  for (let at = 0; at < text.length;) {
    const named = /^\[:([a-z]+):\]/.exec(text.slice(at));
    if (named) {
      const list = ranges[named[1]!];
      if (!list) tool.quit(`invalid character class '${named[1]}'`);
      for (const [from, to] of list) for (let value = from; value <= to; value++) set.push(value);
      at += named[0].length;
      continue;
    }
    const repeated = /^\[(\\[0-7]{1,3}|\\.|[^\\])\*(\d*)\]/s.exec(text.slice(at));
    if (repeated) {
      const { value } = one(at + 1);
      const count = repeated[2] === "" || Number(repeated[2]) === 0 ? -1 : repeated[2]!.startsWith("0") ? parseInt(repeated[2]!, 8) : Number(repeated[2]);
      if (count < 0) { fill = set.length; set.push(value); } else for (let n = 0; n < count; n++) set.push(value);
      at += repeated[0].length;
      continue;
    }
    const same = /^\[=(.)=\]/s.exec(text.slice(at));
    if (same) { set.push(same[1]!.charCodeAt(0)); at += same[0].length; continue; }
    const first = one(at);
    if (text[first.end] === "-" && first.end + 1 < text.length) {
      const last = one(first.end + 1);
      if (last.value < first.value) tool.quit(`range-endpoints of '${text.slice(at, last.end)}' are in reverse collating sequence order`);
      for (let value = first.value; value <= last.value; value++) set.push(value);
      at = last.end;
    } else { set.push(first.value); at = first.end; }
  }
  if (fill >= 0) set.splice(fill, 1, ...Array<number>(Math.max(1, length - set.length + 1)).fill(set[fill]!));
  return set;
}

export const tr = utility({ usage: "tr [-cCdst] SET1 [SET2]", flags: "cCdst", long: { complement: "c", delete: "d", "squeeze-repeats": "s", "truncate-set1": "t" }, stopsAtOperand: true }, (tool: Tool) => {
  const [source, target] = tool.operands;
  const [deletes, squeezes] = [tool.has("d"), tool.has("s")];
  if (source === undefined) tool.quit("missing operand");
  if (target === undefined && !deletes && !squeezes) tool.quit(`missing operand after '${source}'\nTwo strings must be given when translating.`);
  if (target !== undefined && deletes && !squeezes) tool.quit(`extra operand '${target}'`);
  let first = parseSet(tool, source, 0);
  if (tool.has("c") || tool.has("C")) { const listed = new Set(first); first = Array.from({ length: 256 }, (_, value) => value).filter((value) => !listed.has(value)); }
  const second = target === undefined ? [] : parseSet(tool, target, first.length);
  const translates = !deletes && target !== undefined;
  if (translates && second.length === 0 && first.length > 0) tool.quit("when not truncating set1, string2 must be non-empty");
  const map = Uint8Array.from({ length: 256 }, (_, value) => value);
  if (translates) first.forEach((value, index) => { if (index < second.length || !tool.has("t")) map[value] = second[Math.min(index, second.length - 1)]!; });
  const deleted = new Set(deletes ? first : []);
  const squeezed = new Set(squeezes ? (target === undefined ? first : second) : []);
  let last = -1;
  for (;;) {
    const data = tool.system.read(0, 65536);
    if (data instanceof Failure) tool.quit(`read error: ${data.message}`);
    if (data.length === 0) return 0;
    const result = new Uint8Array(data.length);
    let length = 0;
    for (const byte of data) {
      if (deleted.has(byte)) continue;
      const mapped = map[byte]!;
      if (mapped === last && squeezed.has(mapped)) continue;
      result[length++] = last = mapped;
    }
    tool.out.bytes(result.subarray(0, length));
    if (tool.system.isTerminal(0)) tool.out.flush();
  }
});
