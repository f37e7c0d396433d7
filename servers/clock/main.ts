// Starts the clock server.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { ClockServer } from "./clock-server.ts";

export async function main(kernel: Kernel, _devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "clock", startup);
  serve(kernel, new ClockServer(kernel));
}
