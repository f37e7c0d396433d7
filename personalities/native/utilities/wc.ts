// wc: lines, words, bytes and characters of files.

import { Failure } from "../api/failure.ts";
import { utility, type Tool } from "./utility.ts";

interface Counts { lines: number; words: number; bytes: number; characters: number; longest: number }

export const wc = utility({ usage: "wc [-clmwL] [FILE...]", flags: "clmwL", long: { bytes: "c", chars: "m", lines: "l", words: "w", "max-line-length": "L" } }, (tool: Tool) => {
  const total: Counts = { lines: 0, words: 0, bytes: 0, characters: 0, longest: 0 };
  const rows: { counts: Counts; name: string }[] = [];
  tool.eachInput((fd, path) => {
    const counts: Counts = { lines: 0, words: 0, bytes: 0, characters: 0, longest: 0 };
    let inWord = false;
    let column = 0;
    for (;;) {
      const data = tool.system.read(fd, 65536);
      if (data instanceof Failure) { tool.complain(`${path}: ${data.message}`); break; }
      if (data.length === 0) break;
      counts.bytes += data.length;
      for (const byte of data) {
        const continues = (byte & 0xc0) === 0x80;
        if (!continues) counts.characters++;
        if (byte === 10) { counts.lines++; counts.longest = Math.max(counts.longest, column); column = 0; }
        else if (byte === 9) column += 8 - (column % 8);
        else if (!continues && byte >= 32) column++;
        const blank = byte === 32 || (byte >= 9 && byte <= 13);
        if (!blank && !inWord) counts.words++;
        inWord = !blank;
      }
    }
    counts.longest = Math.max(counts.longest, column);
    rows.push({ counts, name: path === "-" && tool.operands.length === 0 ? "" : path });
    for (const key of ["lines", "words", "bytes", "characters"] as const) total[key] += counts[key];
    total.longest = Math.max(total.longest, counts.longest);
  });
  if (tool.operands.length > 1) rows.push({ counts: total, name: "total" });
  const none = !["l", "w", "c", "m", "L"].some((letter) => tool.has(letter));
  const columns = (counts: Counts): number[] => [
    ...(none || tool.has("l") ? [counts.lines] : []), ...(none || tool.has("w") ? [counts.words] : []), ...(tool.has("m") ? [counts.characters] : []),
    ...(none || tool.has("c") ? [counts.bytes] : []), ...(tool.has("L") ? [counts.longest] : []),
  ];
  const single = columns(total).length === 1 && rows.length === 1;
  const width = single ? 1 : tool.operands.length === 0 ? 7 : Math.max(1, ...rows.map(({ counts }) => String(counts.bytes).length));
  for (const { counts, name } of rows) tool.out.line(columns(counts).map((value) => String(value).padStart(width)).join(" ") + (name === "" ? "" : ` ${name}`));
});
