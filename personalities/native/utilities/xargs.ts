// xargs: runs a command with words from standard input as arguments.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { confirm } from "./copying.ts";
import { decode, encode } from "../api/streams.ts";
import { run } from "./running.ts";
import { utility, type Tool } from "./utility.ts";

/** Blanks separate; quotes and backslashes quote. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (/[ \t\n]/.test(c)) { if (word !== undefined) words.push(word); word = undefined; }
    else if (c === "\\" && at + 1 < text.length) word = (word ?? "") + text[++at]!;
    else if (c === "'" || c === '"') {
      const end = text.indexOf(c, at + 1);
      if (end < 0) return undefined;
      word = (word ?? "") + text.slice(at + 1, end);
      at = end;
    } else word = (word ?? "") + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

export const xargs = utility({ usage: "xargs [-0prt] [-d CHAR] [-I REPLACE] [-L LINES] [-n ARGS] [-a FILE] [COMMAND [ARGUMENT...]]", flags: "0prtx", values: "dILnPsaE", stopsAtOperand: true, long: { null: "0", "no-run-if-empty": "r", verbose: "t", delimiter: "d", "max-args": "n", "max-procs": "P", replace: "I" } }, (tool: Tool) => {
  const data = tool.read(tool.value("a") ?? "-");
  if (!data) return 1;
  const text = decode(data);
  const delimiter = tool.has("0") ? "\0" : tool.value("d")?.replace(/\\n/, "\n").replace(/\\t/, "\t").replace(/\\0/, "\0");
  const replace = tool.value("I");
  const lines = tool.number("L");
  let words: string[] | undefined;
  let groups: string[][] | undefined;
  if (delimiter !== undefined) { words = text.split(delimiter); if (words.at(-1) === "") words.pop(); }
  else if (replace !== undefined) words = text.split("\n").map((line) => line.replace(/^[ \t]+/, "")).filter((line) => line !== "");
  else if (lines !== undefined) {
    const rows = text.split("\n").filter((line) => line.trim() !== "").map((line) => splitWords(line) ?? []);
    groups = [];
    for (let at = 0; at < rows.length; at += lines) groups.push(rows.slice(at, at + lines).flat());
  } else words = splitWords(text);
  if (!words && !groups) tool.quit("unmatched quote; by default quotes are special to xargs unless you use the -0 option");
  const command = tool.operands.length > 0 ? tool.operands : ["echo"];
  if (!groups) {
    if (replace !== undefined) groups = words!.map((word) => [word]);
    else {
      const limit = tool.number("n") ?? 5000;
      groups = [];
      // The process server takes 64 KiB of arguments.
      let size = Infinity;
      for (const word of words!) {
        const last = groups.at(-1);
        const bytes = word.length * 3 + 1;
        if (!last || last.length >= limit || size + bytes > 48000) { groups.push([word]); size = bytes; } else { last.push(word); size += bytes; }
      }
      if (groups.length === 0 && !tool.has("r")) groups.push([]);
    }
  }
  const nothing = tool.has("a") ? undefined : tool.system.open("/dev/null", Open.Read);
  let status = 0;
  for (const group of groups) {
    const whole = replace === undefined ? [...command, ...group] : command.map((word) => word.replaceAll(replace, group[0]!));
    if (tool.has("t") || tool.has("p")) tool.system.write(2, encode(whole.join(" ") + (tool.has("p") ? "" : "\n")));
    if (tool.has("p") && !confirm(tool, "?...")) continue;
    const result = run(tool, whole, tool.system.env, nothing === undefined || nothing instanceof Failure ? undefined : nothing);
    if (result === 255) { tool.complain(`${command[0]}: exited with status 255; aborting`); return 124; }
    if (result === 126 || result === 127) return result;
    if (result > 128) return 125;
    if (result !== 0) status = 123;
  }
  return status;
});
