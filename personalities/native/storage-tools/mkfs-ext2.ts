// mkfs.ext2: a new ext2 file system, with a journal, on a disk.

import { parseSize } from "../utilities/sizes.ts";
import { utility } from "../utilities/utility.ts";
import { withDevice } from "./disk-device.ts";
import { makeExt2, type MakeOptions } from "./ext2/make.ts";

export const mkfsExt2 = utility({ usage: "mkfs.ext2 [-b SIZE] [-L LABEL] [-N INODES] [-j | -J none] [-q] DRIVER:NAME", flags: "jq", values: "bLNJ" }, (tool) => {
  const [name, ...more] = tool.operands;
  if (name === undefined || more.length > 0) return tool.quit("one disk is wanted: mkfs.ext2 DRIVER:NAME");
  const options: MakeOptions = {}, blockSize = tool.value("b"), label = tool.value("L"), inodes = tool.number("N"), journal = tool.value("J");
  if (blockSize !== undefined) options.blockSize = parseSize(blockSize) ?? tool.quit(`'${blockSize}' is no size`);
  if (label !== undefined) options.label = label;
  if (inodes !== undefined) options.inodes = inodes;
  if (journal !== undefined && journal !== "none") return tool.quit(`-J ${journal}: only 'none' is known`);
  if (journal === "none") options.journal = false;
  withDevice(tool, name, false, (device) => {
    const { layout, journalBlocks, freeBlocks } = makeExt2(device, options);
    if (!tool.has("q")) tool.out.line(`${name}: ${layout.blocks} blocks of ${layout.blockSize} bytes, ${freeBlocks} free, ${layout.groups * layout.inodesPerGroup} inodes, ${journalBlocks ? `a journal of ${journalBlocks} blocks` : "no journal: it can only be read here"}`);
  });
});
