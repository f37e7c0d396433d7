// Starts init, the first domain. A manifest that is refused ends it: the error's message has the line and the reason, and the machine shows it.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { failure } from "../../lib/ts/status.ts";
import { Init } from "./boot/init.ts";
import type { Manifest } from "./manifest/manifest.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const { log } = begin(kernel, "init", startup);
  const manifest = typeof devices.manifest === "object" ? devices.manifest as Manifest : await read(devices.manifest ?? "", devices);
  const init = new Init(kernel, manifest, devices.images, log);
  init.boot();
  for (;;) {
    const incoming = kernel.receive(init.endpoint, init.patience);
    if (incoming.status >= 0) init.handle(incoming);
    else if (incoming.status === failure("Timeout")) init.lostPatience();
    else if (incoming.status !== failure("Interrupted")) throw new Error(`receive failed: status ${incoming.status}`);
  }
}

/** The reader, with its YAML parser, is loaded by those boots only that bring a manifest of their own. */
async function read(text: string, devices: Devices): Promise<Manifest> {
  const { readManifest } = await import("./manifest/manifest.ts");
  return readManifest(text, new Set(Object.keys(devices.images)));
}
