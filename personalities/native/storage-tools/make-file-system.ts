// A new file system of a type, with what each chooses by itself: for tools that make one without being told more.

import { Failure } from "../api/failure.ts";
import type { Tool } from "../utilities/utility.ts";
import { makeExt2 } from "./ext2/make.ts";
import { makeFat } from "./fat/make.ts";
import type { SectorDevice } from "./sector-device.ts";

/** A FAT volume's serial number and time. */
export function fatIdentity(tool: Tool): { serial: number; time: number } {
  const random = tool.system.random(4);
  const serial = random instanceof Failure ? Number(tool.system.now() & 0xffffffffn) : new DataView(random.buffer, random.byteOffset, 4).getUint32(0);
  return { serial, time: Number(tool.system.now() / 1_000_000n) };
}

/** Throws CannotMake. */
export function makeFileSystem(tool: Tool, device: SectorDevice, type: string): void {
  if (type === "ext2") makeExt2(device, {});
  else if (type === "fat") makeFat(device, fatIdentity(tool));
  else tool.quit(`there is no way to make a file system of type '${type}', only ext2 and fat`);
}
