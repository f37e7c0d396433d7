// sync: everything that is mounted, the file systems that files are in (-f), or files (their data alone with -d), on stable storage.

import { Failure } from "../api/failure.ts";
import { Open } from "../api/native-system.ts";
import { parseMounts } from "./df.ts";
import { utility, type Tool } from "./utility.ts";

export const sync = utility({ usage: "sync [-df] [FILE...]", flags: "df", long: { data: "d", "file-system": "f" } }, (tool: Tool) => {
  const { system } = tool;
  if (tool.operands.length === 0) {
    if (tool.has("d")) tool.quit("--data needs at least one argument");
    const text = system.mounts();
    if (text instanceof Failure) tool.quit(`cannot read the mount table: ${text.message}`);
    // What one of them cannot write is told, and the others are written.
    for (const { path } of parseMounts(text)) tool.check(system.syncFileSystem(path), path);
  } else if (tool.has("f")) {
    for (const path of tool.operands) tool.check(system.syncFileSystem(path), path);
  } else {
    for (const path of tool.operands) {
      const fd = tool.check(system.open(path, Open.Read), path);
      if (fd === undefined) continue;
      tool.check(system.sync(fd), path);
      system.close(fd);
    }
  }
});
