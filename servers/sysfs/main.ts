// Starts the system file system.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { systemTree } from "./system-tree.ts";
import { Sources } from "./sources.ts";
import { SysfsServer } from "./sysfs-server.ts";

export async function main(kernel: Kernel, _devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "sysfs", startup);
  serve(kernel, new SysfsServer(kernel, systemTree(new Sources(kernel))));
}
