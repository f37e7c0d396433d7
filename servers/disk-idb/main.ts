// Starts the driver of disks in IndexedDB.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { IdbDisks } from "./idb-disks.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "disk-idb", startup);
  const unique = (): string => {
    const bytes = new Uint8Array(8);
    devices.random(bytes);
    return `chunks-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  };
  await serveAsync(kernel, new DiskDriver(kernel, "disk-idb", new IdbDisks(devices.storage, unique)));
}
