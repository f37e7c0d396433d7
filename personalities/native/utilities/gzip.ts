// gzip, gunzip: files compressed and restored; with -c, onto standard output.

import { gunzipSync, gzipSync } from "fflate";
import { Failure } from "../api/failure.ts";
import { writeFile } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

export const gzip = utility({ usage: "gzip [-cdfkv] [-1..-9] [FILE...]", flags: "cdfkvnq", number: "\x01", values: "\x01", long: { stdout: "c", decompress: "d", force: "f", keep: "k", verbose: "v" } }, (tool: Tool) => {
  const { system } = tool;
  const expands = tool.has("d") || tool.name === "gunzip" || tool.name === "zcat";
  const level = Math.min(Math.max(tool.number("\x01") ?? 6, 1), 9) as 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    const toOutput = path === "-" || tool.has("c") || tool.name === "zcat";
    const name = expands ? (/\.t[ag]z$/.test(path) ? path.replace(/\.t[ag]z$/, ".tar") : path.replace(/\.gz$/, "")) : `${path}.gz`;
    if (!toOutput && name === path) { tool.complain(`${path}: unknown suffix -- ignored`, 2); continue; }
    const data = tool.read(path);
    if (!data) continue;
    let result: Uint8Array;
    try {
      if (expands && (data[0] !== 0x1f || data[1] !== 0x8b)) throw new Error("not in gzip format");
      result = expands ? gunzipSync(data) : gzipSync(data, { level });
    } catch (thrown) {
      tool.complain(`${path === "-" ? "stdin" : path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      continue;
    }
    if (toOutput) { tool.out.bytes(result); continue; }
    if (!tool.has("f") && !(system.stat(name) instanceof Failure)) { tool.complain(`${name} already exists; not overwritten`, 2); continue; }
    const stat = system.stat(path);
    if (tool.check(writeFile(system, name, result), name) === undefined) continue;
    if (!(stat instanceof Failure)) { system.setMode(name, stat.mode); system.setTimes(name, { accessed: stat.accessed, modified: stat.modified }); }
    if (!tool.has("k")) system.unlink(path);
    if (tool.has("v")) tool.complain(`${path}: -- replaced with ${name}`, 0);
  }
});
