// fsck.ext2: checks an ext2 file system on a disk that is not mounted; replays its journal and mends what follows from the rest, unless -n.
// Status as fsck's: 0 clean, 1 mended, 4 damage is left, 8 it could not be looked at.

import { utility } from "../utilities/utility.ts";
import { withDevice } from "./disk-device.ts";
import { checkExt2, repairExt2 } from "./ext2/check.ts";

export const fsckExt2 = utility({ usage: "fsck.ext2 [-n] [-f] [-y] DRIVER:NAME", flags: "nfy", wrong: 8 }, (tool) => {
  const [name, ...more] = tool.operands, look = tool.has("n");
  if (name === undefined || more.length > 0) return tool.quit("one disk is wanted: fsck.ext2 DRIVER:NAME", 8);
  withDevice(tool, name, look, (device) => {
    const report = checkExt2(device), { findings } = report;
    for (const { text, mend } of findings) tool.out.line(`${text}${!look && mend ? " (mended)" : ""}`);
    if (report.needsReplay) tool.out.line(look ? "the journal has to be replayed, which the next mount does; this is how it will be then" : "the journal was replayed");
    const left = look ? findings.length : repairExt2(report);
    if (report.volume) {
      const { layout } = report.volume;
      tool.out.line(`${name}: ${left > 0 ? `${left} ${left === 1 ? "error" : "errors"}, ` : ""}${report.files} files, ${report.directories} directories, ${report.usedBlocks} of ${layout.blocks} blocks of ${layout.blockSize} bytes in use`);
    }
    tool.status = left > 0 ? 4 : findings.length > 0 || (report.needsReplay && !look) ? 1 : 0;
  }, 8);
});
