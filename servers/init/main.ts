// Starts init, the first domain. A manifest that is refused ends it: the error's message has the line and the reason, and the machine shows it.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { failure } from "../../lib/ts/status.ts";
import { Init } from "./boot/init.ts";
import { readManifest } from "./manifest/manifest.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const { log } = begin(kernel, "init", startup);
  const manifest = readManifest(devices.manifest ?? "", new Set(Object.keys(devices.images)));
  const init = new Init(kernel, manifest, devices.images, log);
  init.boot();
  for (;;) {
    const incoming = kernel.receive(init.endpoint);
    if (incoming.status >= 0) init.handle(incoming);
    else if (incoming.status !== failure("Interrupted")) throw new Error(`receive failed: status ${incoming.status}`);
  }
}
