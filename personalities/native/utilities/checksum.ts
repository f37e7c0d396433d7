// md5sum, sha256sum: checksums of files, and with -c whether they still hold.

import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Failure } from "../api/failure.ts";
import { decode } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

interface Hash { update(data: Uint8Array): unknown; digest(): Uint8Array }

function checksum(create: () => Hash) {
  return utility({ usage: "NAMEsum [-bct] [FILE...]", flags: "bctq\x01", long: { check: "c", binary: "b", text: "t", quiet: "q", status: "\x01" } }, (tool: Tool) => {
    const hash = (fd: number): string | Failure => {
      const state = create();
      for (;;) {
        const data = tool.system.read(fd, 65536);
        if (data instanceof Failure) return data;
        if (data.length === 0) return Array.from(state.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
        state.update(data);
      }
    };
    const hashFile = (path: string): string | undefined => {
      let result: string | undefined;
      const saved = tool.operands;
      tool.operands = [path];
      tool.eachInput((fd) => { result = tool.check(hash(fd), path); });
      tool.operands = saved;
      return result;
    };
    const inputs = tool.operands.length > 0 ? tool.operands : ["-"];
    if (!tool.has("c")) {
      for (const path of inputs) { const sum = hashFile(path); if (sum !== undefined) tool.out.line(`${sum} ${tool.has("b") ? "*" : " "}${path}`); }
      return tool.status;
    }
    let wrong = 0;
    for (const path of inputs) {
      const list = tool.read(path);
      if (!list) continue;
      for (const line of decode(list).split("\n").filter((one) => one !== "")) {
        const match = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line);
        if (!match) { tool.complain(`${path}: no properly formatted checksum lines found`); continue; }
        const sum = hashFile(match[2]!);
        const good = sum === match[1]!.toLowerCase();
        if (!good) wrong++;
        if (!tool.has("\x01") && !(good && tool.has("q"))) tool.out.line(`${match[2]}: ${sum === undefined ? "FAILED open or read" : good ? "OK" : "FAILED"}`);
      }
    }
    if (wrong > 0 && !tool.has("\x01")) tool.complain(`WARNING: ${wrong} computed checksum${wrong === 1 ? "" : "s"} did NOT match`);
    return wrong > 0 ? 1 : tool.status;
  });
}

export const md5sum = checksum(() => md5.create());
export const sha256sum = checksum(() => sha256.create());
