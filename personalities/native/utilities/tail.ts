// tail: the last lines (10) or bytes of files; with -f, what is added to them.

import { Failure } from "../api/failure.ts";
import { concatenate, readAll } from "../api/streams.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

export const tail = utility({ usage: "tail [-f] [-n [+]LINES | -c [+]BYTES] [-qv] [FILE...]", flags: "fFqv", values: "ncs", number: "n", long: { lines: "n", bytes: "c", follow: "f", quiet: "q", verbose: "v" } }, (tool: Tool) => {
  const bytes = tool.value("c");
  const text = bytes ?? tool.value("n") ?? "10";
  const count = parseSize(text.replace(/^[-+]/, ""));
  if (count === undefined) tool.quit(`invalid number of ${bytes === undefined ? "lines" : "bytes"}: '${text}'`);
  const fromStart = text.startsWith("+");
  const titles = tool.has("v") || (tool.operands.length > 1 && !tool.has("q"));
  const follow = tool.has("f") || tool.has("F");
  let first = true;
  tool.eachInput((fd, path) => {
    if (titles) { tool.out.line(`${first ? "" : "\n"}==> ${path === "-" ? "standard input" : path} <==`); first = false; }
    const data = readAll(tool.system, fd);
    if (data instanceof Failure) { tool.complain(`${path}: ${data.message}`); return; }
    let start: number;
    if (bytes !== undefined) start = fromStart ? Math.max(count - 1, 0) : Math.max(data.length - count, 0);
    else if (fromStart) {
      start = 0;
      for (let line = 1; line < count; line++) { const end = data.indexOf(10, start); if (end < 0) { start = data.length; break; } start = end + 1; }
    } else {
      start = data.length;
      let end = data.length - (data.at(-1) === 10 ? 1 : 0);
      for (let line = 0; line < count; line++) {
        const newline = end > 0 ? data.lastIndexOf(10, end - 1) : -1;
        start = newline + 1;
        if (newline < 0) break;
        end = newline;
      }
    }
    tool.out.bytes(concatenate([data.subarray(start)]));
    if (!follow) return;
    tool.out.flush();
    for (;;) {
      if (tool.system.sleep(200_000_000n) instanceof Failure) return;
      const more = tool.system.read(fd, 65536);
      if (more instanceof Failure) { tool.complain(`${path}: ${more.message}`); return; }
      tool.out.bytes(more);
      tool.out.flush();
    }
  });
});
