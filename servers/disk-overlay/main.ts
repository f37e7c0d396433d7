// Starts the driver of overlays. Argument in the boot manifest: `memory`, bytes that all overlays together may change.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serve } from "../../lib/ts/serve.ts";
import { OverlayDisks } from "./overlay-disks.ts";

const MEMORY = 512 << 20;

export async function main(kernel: Kernel, _devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "disk-overlay", startup), text = component.arguments.get("memory");
  let memory = text === undefined ? MEMORY : Number(text);
  if (!Number.isSafeInteger(memory) || memory < 0) {
    component.log.warn(`argument memory: "${text}" is no number of bytes: ${MEMORY} it is`);
    memory = MEMORY;
  }
  serve(kernel, new DiskDriver(kernel, "disk-overlay", new OverlayDisks(kernel, memory)));
}
