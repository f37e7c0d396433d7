// Starts the process server. Arguments in the boot manifest: `capabilities` and `frames`, the quotas of each process's domain.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { Naming } from "../../lib/ts/naming.ts";
import { serve } from "../../lib/ts/serve.ts";
import { ProcessServer } from "./process-server.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "process", startup);
  const number = (key: string, otherwise: number): number => Number(component.arguments.get(key) ?? otherwise);
  const naming = new Naming(kernel);
  serve(kernel, new ProcessServer({
    kernel,
    images: devices.images,
    quotas: { capabilities: number("capabilities", 2048), frames: number("frames", 32768) },
    findRoot: () => naming.find("vfs"),
    findConsole: () => naming.find("console", false),
  }));
}
