// Starts the console server.

import { begin } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { Events } from "../../lib/ts/events.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { ConsoleServer } from "./console-server.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "console", startup);
  const { terminal } = devices;
  if (!terminal) component.log.warn("no terminal device: nobody will see what is written");
  const events = new Events(kernel);
  const server = new ConsoleServer(kernel, (message) => terminal?.send(message), events);
  if (terminal) terminal.onmessage = (message) => events.post(() => server.fromPage(message));
  await serveAsync(kernel, server);
}
