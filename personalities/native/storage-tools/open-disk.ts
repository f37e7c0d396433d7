// For tools that work on a disk named DRIVER:NAME: opens it, or ends the program with a message that says what is wrong.
//
//   const disk = openDisk(tool, tool.operands[0], false);
//   …  tool.check(disk.write(0, sector), name)
//   disk.close();

import type { Disk } from "../api/disks.ts";
import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { parseDiskName } from "../../../lib/ts/disk-access.ts";
import { parseMounts } from "../utilities/df.ts";
import type { Tool } from "../utilities/utility.ts";

/** `wrong`: the program's status if it ends here. */
export function openDisk(tool: Tool, name: string, readOnly: boolean, wrong = 1): Disk {
  checkDiskName(tool, name, wrong);
  const disk = tool.system.disks().open(name, readOnly);
  return disk instanceof Failure ? tool.quit(diskProblem(tool.system, name, disk), wrong) : disk;
}

/** Ends the program unless it is of the form DRIVER:NAME. */
export function checkDiskName(tool: Tool, name: string, wrong = 1): void {
  if (!parseDiskName(name)) tool.quit(`'${name}' is no name of a disk: DRIVER:NAME, with letters, digits, '.', '_' and '-' (as in ram:scratch)`, wrong);
}

/** A sentence about why something could not be done with a disk. */
export function diskProblem(system: NativeSystem, name: string, failure: Failure): string {
  const driver = parseDiskName(name)?.driver ?? "", drivers = system.disks().drivers();
  if (drivers.length === 0) return `${name}: this session may not administer disks, or there are no disk drivers`;
  if (!drivers.includes(driver)) return `${name}: there is no disk driver '${driver}'; there are ${drivers.join(", ")}`;
  switch (failure.error) {
    case "NotFound": return `${name}: there is no such disk ('disk list' shows them)`;
    case "Exists": return `${name}: a disk of that name exists`;
    case "Busy": {
      const place = mountedOn(system, name);
      return place === undefined ? `${name}: in use, by another program or disk here, or in another tab` : `${name}: mounted on ${place}`;
    }
    case "NoSpace": return `${name}: no space: the driver's limit or the browser's quota for this site is reached`;
    case "ReadOnly": return `${name}: the disk is read-only`;
    case "Unavailable": return `${name}: disks of this driver cannot be used: the session was opened from a link, or the browser does not offer this kind of storage`;
    case "NotSupported": return `${name}: the driver '${driver}' does not do that (a session opened from a link keeps no disks)`;
    default: return `${name}: ${failure.message}`;
  }
}

/** Where a disk is mounted in this system. */
function mountedOn(system: NativeSystem, name: string): string | undefined {
  const mounts = system.mounts();
  return mounts instanceof Failure ? undefined : parseMounts(mounts).find(({ source }) => source === name)?.path;
}
