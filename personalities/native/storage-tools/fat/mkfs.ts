// mkfs.fat: makes a FAT file system on a disk. What was on it is gone.

import { humanSize } from "../../utilities/sizes.ts";
import { utility, type Tool } from "../../utilities/utility.ts";
import { withDevice } from "../disk-device.ts";
import { fatIdentity } from "../make-file-system.ts";
import type { FatType } from "./geometry.ts";
import { makeFat } from "./make.ts";

const USAGE = "mkfs.fat [-F 12|16|32] [-s SECTORS_PER_CLUSTER] [-n LABEL] DRIVER:NAME";

export const mkfsFat = utility({ usage: USAGE, values: "Fsn" }, (tool: Tool) => {
  const [name] = tool.operands, type = tool.number("F");
  if (name === undefined || tool.operands.length > 1) return tool.quit(`usage: ${USAGE}`);
  if (type !== undefined && ![12, 16, 32].includes(type)) tool.quit(`-F ${type}: must be 12, 16 or 32`);
  const made = withDevice(tool, name, false, (device) => makeFat(device, { type: type as FatType | undefined, sectorsPerCluster: tool.number("s"), label: tool.value("n"), ...fatIdentity(tool) }));
  tool.out.line(`${name}: FAT${made.type}, ${made.clusters} clusters of ${humanSize(made.sectorsPerCluster * 512)}`);
  return 0;
});
