// Starts the random server. Argument in the boot manifest: `seed`, any text; without it the browser's generator is used.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { RandomServer } from "./random-server.ts";
import { SeededGenerator } from "./generator.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "random", startup);
  const seed = component.arguments.get("seed");
  const generator = seed === undefined ? undefined : new SeededGenerator(seed);
  serve(kernel, new RandomServer(kernel, (bytes) => generator ? generator.fill(bytes) : devices.random(bytes)));
}
