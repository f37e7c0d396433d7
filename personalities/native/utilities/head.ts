// head: the first lines (10) or bytes of files.

import { Failure } from "../api/failure.ts";
import { LineReader } from "./lines.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

export const head = utility({ usage: "head [-n LINES | -c BYTES] [-qv] [FILE...]", flags: "qv", values: "nc", number: "n", long: { lines: "n", bytes: "c", quiet: "q", verbose: "v" } }, (tool: Tool) => {
  const bytes = tool.value("c");
  const text = bytes ?? tool.value("n") ?? "10";
  const count = parseSize(text.replace(/^-/, ""));
  if (count === undefined) tool.quit(`invalid number of ${bytes === undefined ? "lines" : "bytes"}: '${text}'`);
  const allBut = text.startsWith("-");
  const titles = tool.has("v") || (tool.operands.length > 1 && !tool.has("q"));
  let first = true;
  tool.eachInput((fd, path) => {
    if (titles) { tool.out.line(`${first ? "" : "\n"}==> ${path === "-" ? "standard input" : path} <==`); first = false; }
    if (bytes !== undefined && !allBut) {
      for (let left = count; left > 0;) {
        const data = tool.system.read(fd, Math.min(left, 65536));
        if (data instanceof Failure) { tool.complain(`${path}: ${data.message}`); return; }
        if (data.length === 0) return;
        tool.out.bytes(data);
        left -= data.length;
      }
      return;
    }
    if (bytes !== undefined) {
      const parts: Uint8Array[] = [];
      for (let data = tool.system.read(fd, 65536); !(data instanceof Failure) && data.length > 0; data = tool.system.read(fd, 65536)) parts.push(data);
      let left = parts.reduce((sum, part) => sum + part.length, 0) - count;
      for (const part of parts) { if (left <= 0) break; tool.out.bytes(part.subarray(0, left)); left -= part.length; }
      return;
    }
    const reader = new LineReader(tool.system, fd);
    const held: string[] = [];
    let done = 0;
    while (allBut || done < count) {
      const line = reader.next();
      if (line === undefined) break;
      const whole = line + (reader.ended ? "\n" : "");
      if (!allBut) { tool.out.text(whole); done++; continue; }
      held.push(whole);
      if (held.length > count) tool.out.text(held.shift()!);
    }
    if (reader.failure) tool.complain(`${path}: ${reader.failure.message}`);
  });
});
