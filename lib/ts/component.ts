// The life of a TypeScript component: its arguments and how it starts. A server's main.ts calls `begin`, makes its state, and serves:
//
//   export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
//     const component = begin(kernel, "clock", startup);
//     serve(kernel, new ClockServer(kernel));
//   }
//
// A TypeScript server keeps its state in its Worker, so a restarted or a migrated one starts empty: it must say in its README what its
// clients lose. Nothing here blocks.

import { OBJECT_DATASPACE, SLOT_ROOT } from "../../abi/layout/limits.ts";
import type { Startup } from "./devices.ts";
import type { Kernel } from "./kernel.ts";
import { Log } from "./log.ts";
import { decodeText } from "./text.ts";

/** The component's `arguments` in the boot manifest, all as text. */
export type Arguments = ReadonlyMap<string, string>;

export interface Component { readonly arguments: Arguments; readonly log: Log; readonly startup: Startup }

export function begin(kernel: Kernel, name: string, startup: Startup): Component {
  const log = new Log(kernel, name);
  if (startup.mode !== "fresh") log.note(`${startup.mode}; starts with empty state`);
  return { arguments: readArguments(kernel), log, startup };
}

/** Arguments travel in a read-only Dataspace at SLOT_ROOT: lines `key=value`. `init` writes them with `formatArguments`. */
function readArguments(kernel: Kernel): Arguments {
  const found = new Map<string, string>();
  if (kernel.capInfo(SLOT_ROOT)?.kind !== OBJECT_DATASPACE) return found;
  const size = kernel.dataspaceInfo(SLOT_ROOT)?.size ?? 0n;
  const { data } = kernel.dataspaceRead(SLOT_ROOT, 0n, Number(size));
  for (const line of decodeText(data).split("\n")) {
    const split = line.indexOf("=");
    if (split > 0) found.set(line.slice(0, split), line.slice(split + 1));
  }
  return found;
}

/** The text that `begin` reads: keys without `=`, values without newlines. */
export function formatArguments(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values).map(([key, value]) => `${key}=${value}\n`).join("");
}
