// Starts the RAM disk driver. Argument in the boot manifest: `limit`, bytes of all disks together.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { RamDisks } from "./ram-disks.ts";

const DEFAULT_LIMIT = 2 ** 30;

export async function main(kernel: Kernel, _devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "disk-ram", startup), wanted = component.arguments.get("limit"), limit = wanted === undefined ? DEFAULT_LIMIT : Number(wanted);
  if (!Number.isSafeInteger(limit) || limit < 0) component.log.warn(`limit "${wanted}" is no number of bytes: ${DEFAULT_LIMIT} it is`);
  serve(kernel, new DiskDriver(kernel, "disk-ram", new RamDisks(Number.isSafeInteger(limit) && limit >= 0 ? limit : DEFAULT_LIMIT)));
}
