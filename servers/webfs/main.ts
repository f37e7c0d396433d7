// Starts the web file system.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { assemble } from "./assemble.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "webfs", startup);
  await serveAsync(kernel, assemble(kernel, (path, range) => devices.fetch(path, range), component.log, component.arguments));
}
