// A disk as the device that the makers and checkers of file systems work on.
//
//   withDevice(tool, "ram:d", readOnly, (device) => …)         opens, closes; a failure of the disk ends the program with its message

import { Failure, type Result } from "../api/failure.ts";
import type { Tool } from "../utilities/utility.ts";
import { DeviceError, type SectorDevice } from "./fat/sector-device.ts";
import { openDisk } from "./open-disk.ts";

export function withDevice(tool: Tool, name: string, readOnly: boolean, use: (device: SectorDevice) => void): void {
  const disk = openDisk(tool, name, readOnly);
  const must = <T>(result: Result<T>, what: string): T => { if (result instanceof Failure) throw new DeviceError(`${name}: ${what}: ${result.message}`); return result; };
  const device: SectorDevice = {
    size: disk.size,
    read: (offset, length) => must(disk.read(offset, length), `reading at ${offset}`),
    write: (offset, data) => { must(disk.write(offset, data), `writing at ${offset}`); },
    flush: () => { must(disk.flush(), "flushing"); },
  };
  try { use(device); } catch (error) {
    if (error instanceof DeviceError) tool.quit(error.message);
    throw error;
  } finally { disk.close(); }
}
