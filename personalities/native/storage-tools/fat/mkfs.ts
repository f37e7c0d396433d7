// mkfs.fat: makes a FAT file system on a disk. What was on it is gone.

import { Failure } from "../../api/failure.ts";
import { humanSize } from "../../utilities/sizes.ts";
import { utility, type Tool } from "../../utilities/utility.ts";
import { diskProblem, openDisk } from "../open-disk.ts";
import { DiskDevice } from "./disk-device.ts";
import type { FatType } from "./geometry.ts";
import { CannotMake, makeFat } from "./make.ts";
import { DeviceError } from "./sector-device.ts";

const USAGE = "mkfs.fat [-F 12|16|32] [-s SECTORS_PER_CLUSTER] [-n LABEL] DRIVER:NAME";

export const mkfsFat = utility({ usage: USAGE, values: "Fsn" }, (tool: Tool) => {
  const [name] = tool.operands, type = tool.number("F");
  if (name === undefined || tool.operands.length > 1) return tool.quit(`usage: ${USAGE}`);
  if (type !== undefined && ![12, 16, 32].includes(type)) tool.quit(`-F ${type}: must be 12, 16 or 32`);
  const random = tool.system.random(4);
  const serial = random instanceof Failure ? Number(tool.system.now() & 0xffffffffn) : new DataView(random.buffer, random.byteOffset, 4).getUint32(0);
  const disk = openDisk(tool, name, false);
  try {
    const made = makeFat(new DiskDevice(disk, (failure) => diskProblem(tool.system.disks(), name, failure)), {
      type: type as FatType | undefined, sectorsPerCluster: tool.number("s"), label: tool.value("n"), serial, time: Number(tool.system.now() / 1_000_000n),
    });
    tool.out.line(`${name}: FAT${made.type}, ${made.clusters} clusters of ${humanSize(made.sectorsPerCluster * 512)}`);
    return 0;
  } catch (error) {
    if (!(error instanceof CannotMake) && !(error instanceof DeviceError)) throw error;
    return tool.quit(error.message);
  } finally { disk.close(); }
});
