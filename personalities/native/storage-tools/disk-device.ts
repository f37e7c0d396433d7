// A disk as the device that the makers and checkers of file systems work on.
//
//   withDevice(tool, "ram:d", readOnly, (device) => …)         opens, closes; a failure of the disk, or a file system that cannot be on it, ends the program with its message

import { Failure, type Result } from "../api/failure.ts";
import type { Tool } from "../utilities/utility.ts";
import { diskProblem, openDisk } from "./open-disk.ts";
import { CannotMake, DeviceError, type SectorDevice } from "./sector-device.ts";

/** `wrong`: the program's status if it ends here. */
export function withDevice<T>(tool: Tool, name: string, readOnly: boolean, use: (device: SectorDevice) => T, wrong = 1): T {
  const disk = openDisk(tool, name, readOnly, wrong);
  const must = <V>(result: Result<V>): V => { if (result instanceof Failure) throw new DeviceError(diskProblem(tool.system, name, result)); return result; };
  const device: SectorDevice = {
    size: disk.size,
    read: (offset, length) => must(disk.read(offset, length)),
    write: (offset, data) => { must(disk.write(offset, data)); },
    flush: () => { must(disk.flush()); },
  };
  try { return use(device); } catch (error) {
    if (error instanceof DeviceError || error instanceof CannotMake) return tool.quit(error.message, wrong);
    throw error;
  } finally { disk.close(); }
}
