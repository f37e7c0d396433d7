// base64: bytes as printable text, and back.

import { decodeBase64 } from "../../../lib/ts/base64.ts";
import { decode } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

function fromBase64(tool: Tool, text: string): Uint8Array {
  try { return decodeBase64(text); }
  catch { return tool.quit("invalid input"); }
}


export const base64 = utility({ usage: "base64 [-d] [-w COLUMNS] [FILE]", flags: "dDi", values: "w", long: { decode: "d", wrap: "w" } }, (tool: Tool) => {
  const data = tool.read(tool.operands[0] ?? "-");
  if (!data) return 1;
  if (tool.has("d") || tool.has("D")) { tool.out.bytes(fromBase64(tool, decode(data))); return 0; }
  let text = "";
  for (let at = 0; at < data.length; at += 24573) text += btoa(String.fromCharCode(...data.subarray(at, at + 24573)));
  const columns = tool.number("w") ?? 76;
  if (columns === 0) tool.out.text(text);
  else for (let at = 0; at < text.length; at += columns) tool.out.line(text.slice(at, at + columns));
  return 0;
});
