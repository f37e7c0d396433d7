// Making disks: `disk create`, and `mount -c`, which also makes the file system.

import { parseDiskName } from "../../../lib/ts/disk-access.ts";
import { Failure, type Result } from "../api/failure.ts";
import { parseSize } from "../utilities/sizes.ts";
import type { Tool } from "../utilities/utility.ts";
import { withDevice } from "./disk-device.ts";
import { makeFileSystem } from "./make-file-system.ts";
import { checkDiskName, diskProblem, openDisk } from "./open-disk.ts";

const SECTOR = 512;
const NAME_LIMIT = 63, UNFINISHED = ".new";

/** A disk from `source`: a size, a disk to lay it over, or (of driver `http`) a file of the site. Ends the program if that cannot be; `shown` is what
 *  messages call it. */
export function createDisk(tool: Tool, name: string, source: string, shown = name): void {
  checkDiskName(tool, name);
  const disks = tool.system.disks(), { driver } = parseDiskName(name)!, must = (result: Result<0>): void => { if (result instanceof Failure) tool.quit(diskProblem(tool.system, shown, result)); };
  if (driver === "http") { must(disks.createFrom(name, source)); return; }
  if (parseDiskName(source)) {
    const base = openDisk(tool, source, true), made = disks.createFrom(name, source, base);
    base.close();
    must(made);
    return;
  }
  const size = parseSize(source);
  if (size === undefined || size === 0) tool.quit(`'${source}' is no size (64M, 1G, bytes)${driver === "overlay" ? " and no disk (DRIVER:NAME)" : ""}`);
  if (size % SECTOR !== 0 || size > 2 ** 36) tool.quit(`${size} bytes: a disk has a multiple of ${SECTOR}, at most 64G`);
  must(disks.create(name, size));
}

/** If there is no disk of that name, make it from `source`; if that is a size, with a file system of `type` on it. The disk gets its name when it is complete: what
 *  was interrupted is made anew the next time. */
export function ensureDisk(tool: Tool, name: string, source: string, type: string): void {
  checkDiskName(tool, name);
  const disks = tool.system.disks(), { driver, name: own } = parseDiskName(name)!, there = disks.list(driver);
  if (there instanceof Failure) tool.quit(diskProblem(tool.system, name, there));
  if (there.some((disk) => disk.name === own)) return;
  if (driver === "http" || parseDiskName(source)) { createDisk(tool, name, source); return; }
  if (type === "auto") tool.quit(`${name}: say with -t which file system to make on it`);
  const unfinished = `${driver}:${own.slice(0, NAME_LIMIT - UNFINISHED.length)}${UNFINISHED}`;
  if (there.some((disk) => `${driver}:${disk.name}` === unfinished)) disks.remove(unfinished);
  createDisk(tool, unfinished, source, name);
  let complete = false;
  try {
    withDevice(tool, unfinished, false, (device) => { makeFileSystem(tool, device, type); });
    const renamed = disks.rename(unfinished, name);
    if (renamed instanceof Failure) tool.quit(diskProblem(tool.system, name, renamed));
    complete = true;
  } finally { if (!complete) disks.remove(unfinished); }
}
