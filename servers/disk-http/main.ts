// Starts the driver of disks that are files of the site. Arguments in the boot manifest: `cache` and `whole`, bytes; `disks`: what is there from
// the start, `NAME=PATH NAME=PATH …`.

import { begin, type Component } from "../../lib/ts/component.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { isDiskName } from "../../lib/ts/disk-backend.ts";
import { DiskDriver } from "../../lib/ts/disk-driver.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { HttpDisks } from "./http-disks.ts";

const CACHE = 64 << 20, WHOLE = 256 << 20;

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  const component = begin(kernel, "disk-http", startup), { log } = component;
  const disks = new HttpDisks((path, range, limit) => devices.fetchPart(path, range, limit), { cache: bytes(component, "cache", CACHE), whole: bytes(component, "whole", WHOLE) }, (text) => log.note(text));
  for (const entry of (component.arguments.get("disks") ?? "").split(" ").filter((each) => each !== "")) {
    const [, name = "", path = ""] = /^([^=]*)=(.*)$/.exec(entry) ?? [];
    if (!isDiskName(name) || path === "") log.warn(`argument disks: "${entry}" is not NAME=PATH`);
    else disks.expect(name, path);
  }
  await serveAsync(kernel, new DiskDriver(kernel, "disk-http", disks));
}

function bytes({ arguments: given, log }: Component, name: string, otherwise: number): number {
  const text = given.get(name), number = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  log.warn(`argument ${name}: "${text}" is no number of bytes: ${otherwise} it is`);
  return otherwise;
}
