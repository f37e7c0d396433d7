// dd: blocks copied.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { concatenate, encode, writeAll } from "../api/streams.ts";
import { parseSize } from "./sizes.ts";
import { utility, type Tool } from "./utility.ts";

export const dd = utility({ usage: "dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc,sync,ucase,lcase,swab] [status=none]" }, (tool: Tool) => {
  const { system } = tool;
  const options = new Map<string, string>();
  for (const word of tool.operands) {
    const at = word.indexOf("=");
    const name = word.slice(0, at);
    if (at < 0 || !["if", "of", "bs", "ibs", "obs", "cbs", "count", "skip", "seek", "conv", "status", "iflag", "oflag"].includes(name)) tool.quit(`unrecognized operand '${word}'`);
    options.set(name, word.slice(at + 1));
  }
  const number = (name: string, otherwise: number) => { const text = options.get(name); return text === undefined ? otherwise : parseSize(text) ?? tool.quit(`invalid number: '${text}'`); };
  const block = number("bs", number("ibs", 512));
  if (block === 0) tool.quit("invalid number: '0'");
  const conversions = new Set((options.get("conv") ?? "").split(",").filter((one) => one !== ""));
  const open = (path: string | undefined, otherwise: number, flags: number): number => {
    if (path === undefined) return otherwise;
    const fd = system.open(path, flags);
    return fd instanceof Failure ? tool.quit(`failed to open '${path}': ${fd.message}`) : fd;
  };
  const input = open(options.get("if"), 0, Open.Read);
  const seek = number("seek", 0) * block;
  const output = open(options.get("of"), 1, Open.Write | Open.Create | (conversions.has("notrunc") || seek > 0 ? 0 : Open.Truncate));
  if (seek > 0) { if (!conversions.has("notrunc")) system.setSize(output, seek); system.seek(output, seek, 0); }
  const counts = { whole: 0, partial: 0, bytes: 0 };
  const started = system.monotonic();
  const readBlock = (size: number): Uint8Array | Failure => {
    const parts: Uint8Array[] = [];
    for (let have = 0; have < size;) {
      const part = system.read(input, size - have);
      if (part instanceof Failure) return part;
      if (part.length === 0) break;
      parts.push(part);
      have += part.length;
    }
    return concatenate(parts);
  };
  const skip = number("skip", 0) * block;
  if (skip > 0 && system.seek(input, skip, 1) instanceof Failure) for (let left = skip; left > 0;) { const part = readBlock(Math.min(left, 65536)); if (part instanceof Failure || part.length === 0) break; left -= part.length; }
  for (let left = options.has("count") ? number("count", 0) : Infinity; left > 0; left--) {
    let data = readBlock(block);
    if (data instanceof Failure) { tool.complain(`error reading '${options.get("if") ?? "standard input"}': ${data.message}`); break; }
    if (data.length === 0) break;
    if (data.length === block) counts.whole++; else counts.partial++;
    if (conversions.has("sync") && data.length < block) { const padded = new Uint8Array(block); padded.set(data); data = padded; }
    if (conversions.has("ucase") || conversions.has("lcase")) data = data.map((byte) => (conversions.has("ucase") ? (byte >= 97 && byte <= 122 ? byte - 32 : byte) : byte >= 65 && byte <= 90 ? byte + 32 : byte));
    if (conversions.has("swab")) for (let at = 0; at + 1 < data.length; at += 2) [data[at], data[at + 1]] = [data[at + 1]!, data[at]!];
    const written = writeAll(system, output, data);
    if (written instanceof Failure) { tool.complain(`error writing '${options.get("of") ?? "standard output"}': ${written.message}`); break; }
    counts.bytes += data.length;
  }
  const seconds = Number(system.monotonic() - started) / 1e9;
  if (options.get("status") !== "none") {
    const records = `${counts.whole}+${counts.partial}`;
    writeAll(system, 2, encode(`${records} records in\n${records} records out\n${options.get("status") === "noxfer" ? "" : `${counts.bytes} bytes copied, ${seconds.toFixed(6)} s, ${(counts.bytes / 1e6 / Math.max(seconds, 1e-6)).toFixed(1)} MB/s\n`}`));
  }
  return tool.status;
});
