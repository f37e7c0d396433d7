// fsck.fat: checks a FAT file system on a disk that is not mounted, and mends what a crash leaves. Status: 0 nothing is wrong; 1 something was, and is
// mended (with -n: would be); 4 there is damage that it does not mend; 8 it could not be done.

import { utility, type Tool } from "../../utilities/utility.ts";
import { withDevice } from "../disk-device.ts";
import { checkFat, repairFat } from "./check.ts";

const USAGE = "fsck.fat [-n] DRIVER:NAME      -n: change nothing";

export const fsckFat = utility({ usage: USAGE, flags: "n", wrong: 8 }, (tool: Tool) => {
  const [name] = tool.operands, readOnly = tool.has("n");
  if (name === undefined || tool.operands.length > 1) return tool.quit(`usage: ${USAGE}`, 8);
  return withDevice(tool, name, readOnly, (device) => {
    const report = checkFat(device);
    for (const { kind, text } of report.findings) tool.out.line(kind === "error" ? `error: ${text}` : text);
    if (report.geometry) tool.out.line(`${name}: FAT${report.geometry.type}, ${report.files} files, ${report.directories} directories, ${report.used}/${report.geometry.clusters} clusters`);
    const damaged = report.findings.some(({ kind }) => kind === "error");
    if (report.findings.length === 0) return 0;
    if (!readOnly) {
      repairFat(device, report);
      tool.out.line(damaged ? "what a crash leaves is mended; the errors are not" : "mended");
    }
    return damaged ? 4 : 1;
  }, 8);
});
