// tee: standard input to standard output and to files.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { writeAll } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

export const tee = utility({ usage: "tee [-ai] [FILE...]", flags: "ai", long: { append: "a" } }, (tool: Tool) => {
  const { system } = tool;
  const outputs = [{ fd: 1, path: "standard output" }];
  for (const path of tool.operands) {
    const fd = tool.check(system.open(path, Open.Write | Open.Create | (tool.has("a") ? Open.Append : Open.Truncate)), path);
    if (fd !== undefined) outputs.push({ fd, path });
  }
  for (;;) {
    const data = system.read(0, 65536);
    if (data instanceof Failure) tool.quit(`read error: ${data.message}`);
    if (data.length === 0) return tool.status;
    for (const [index, { fd, path }] of [...outputs.entries()].reverse()) {
      const written = writeAll(system, fd, data);
      if (!(written instanceof Failure)) continue;
      outputs.splice(index, 1);
      if (written.error === "BrokenPipe" && outputs.length === 0) return 141;
      if (written.error !== "BrokenPipe") tool.complain(`${path}: ${written.message}`);
    }
  }
});
