// cat: files one after the other.

import { Failure } from "../api/failure.ts";
import { encode } from "../api/streams.ts";
import { LineReader } from "./lines.ts";
import { utility, type Tool } from "./utility.ts";

/** A byte as -v shows it. */
function show(byte: number): string {
  if (byte >= 128) return `M-${show(byte - 128)}`;
  return byte === 127 ? "^?" : byte < 32 && byte !== 9 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte);
}

export const cat = utility({ usage: "cat [-AbeEnstTuv] [FILE...]", flags: "AbeEnstTuv", long: { number: "n", "number-nonblank": "b", "show-all": "A", "show-ends": "E", "show-tabs": "T", "squeeze-blank": "s", "show-nonprinting": "v" } }, (tool: Tool) => {
  const ends = tool.has("E") || tool.has("e") || tool.has("A");
  const tabs = tool.has("T") || tool.has("t") || tool.has("A");
  const visible = tool.has("v") || tool.has("e") || tool.has("t") || tool.has("A");
  const plain = !ends && !tabs && !visible && !tool.has("n") && !tool.has("b") && !tool.has("s");
  let number = 0;
  let blanks = 0;
  tool.eachInput((fd, path) => {
    if (plain) {
      for (;;) {
        const data = tool.system.read(fd, 65536);
        if (data instanceof Failure) { tool.complain(`${path}: ${data.message}`); return; }
        if (data.length === 0) return;
        tool.out.bytes(data);
        tool.out.flush();
      }
    }
    const reader = new LineReader(tool.system, fd);
    for (const line of reader) {
      blanks = line === "" ? blanks + 1 : 0;
      if (tool.has("s") && blanks > 1) continue;
      let text = line;
      if (visible) text = Array.from(encode(text), show).join("");
      if (tabs) text = text.replace(/\t/g, "^I");
      const counted = tool.has("b") ? line !== "" : tool.has("n");
      tool.out.text(`${counted ? `${String(++number).padStart(6)}\t` : ""}${text}${ends && reader.ended ? "$" : ""}${reader.ended ? "\n" : ""}`);
    }
    if (reader.failure) tool.complain(`${path}: ${reader.failure.message}`);
  });
});
