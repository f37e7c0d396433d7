// Starts the device file system.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { characterDevices } from "./character-devices.ts";
import { DevfsServer } from "./devfs-server.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "devfs", startup);
  serve(kernel, new DevfsServer(kernel, characterDevices((bytes) => devices.random(bytes))));
}
