// Backslash escapes of echo, printf and tr.

import { encode } from "../api/streams.ts";

const single: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };

/** `echo` knows \0ooo and \c; `format` (printf's format) \ooo; `argument` (%b) both and \c. `stop`: \c was met. */
export function expandEscapes(text: string, dialect: "echo" | "format" | "argument"): { bytes: Uint8Array; stop: boolean } {
  if (!text.includes("\\")) return { bytes: encode(text), stop: false };
  const bytes: number[] = [];
  let plain = "";
  const flush = () => { bytes.push(...encode(plain)); plain = ""; };
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\" || at + 1 >= text.length) { plain += text[at]; continue; }
    const next = text[at + 1]!;
    const rest = text.slice(at + 1, at + 5);
    const octal = dialect === "echo" ? /^0([0-7]{0,3})/.exec(rest) : dialect === "argument" ? /^0([0-7]{0,3})/.exec(rest) ?? /^([0-7]{1,3})/.exec(rest) : /^([0-7]{1,3})/.exec(rest);
    const hex = dialect === "echo" ? null : /^x([0-9a-fA-F]{1,2})/.exec(rest);
    if (octal) { flush(); bytes.push(parseInt(octal[1] || "0", 8) & 255); at += octal[0].length; }
    else if (hex) { flush(); bytes.push(parseInt(hex[1]!, 16)); at += hex[0].length; }
    else if (next === "c" && dialect !== "format") { flush(); return { bytes: Uint8Array.from(bytes), stop: true }; }
    else if (next === "e") { flush(); bytes.push(27); at++; }
    else if (single[next] !== undefined) { flush(); bytes.push(single[next]!); at++; }
    else if (dialect === "format" && (next === '"' || next === "'")) { plain += next; at++; }
    else plain += "\\";
  }
  flush();
  return { bytes: Uint8Array.from(bytes), stop: false };
}
