// Starts the driver of disks in the origin's private file system.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { OpfsDisks } from "./opfs-disks.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const { log } = begin(kernel, "disk-opfs", startup);
  await serveAsync(kernel, new DiskDriver(kernel, "disk-opfs", new OpfsDisks(devices.storage, (text) => log.note(text))));
}
