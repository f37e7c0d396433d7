// Puts files into a LinuxWorld and reads them back, through the VFS.

import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { FileFlags } from "../../../abi/generated/ts/enums.ts";
import { RANGE_LIMIT } from "../../../abi/layout/limits.ts";
import type { LinuxWorld } from "./linux-world.ts";

/** Make a file, and the directories above it. */
export function put(world: LinuxWorld, path: string, contents: string | Uint8Array): void {
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) world.root.makeDirectory(0o755, path.slice(0, at));
  withFile(world, path, FileFlags.Write | FileFlags.Create | FileFlags.Truncate, (file) => {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    for (let at = 0; at < bytes.length; at += RANGE_LIMIT) {
      const written = file.write(BigInt(at), bytes.subarray(at, at + RANGE_LIMIT));
      if (written.error) throw new Error(`cannot write ${path}: error ${written.error}`);
    }
  });
}

export function get(world: LinuxWorld, path: string): Uint8Array {
  return withFile(world, path, FileFlags.Read, (file) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; ;) {
      const read = file.read(BigInt(at), RANGE_LIMIT);
      if (read.error) throw new Error(`cannot read ${path}: error ${read.error}`);
      if (!read.data.length) return Buffer.concat(pieces);
      pieces.push(read.data);
      at += read.data.length;
    }
  });
}

function withFile<T>(world: LinuxWorld, path: string, flags: number, use: (file: FileClient) => T): T {
  const { kernel } = world.world.client;
  const opened = world.root.open(flags, 0o644, path);
  if (opened.error) throw new Error(`cannot open ${path}: error ${opened.error}`);
  try {
    return use(new FileClient(kernel, opened.file));
  } finally {
    kernel.capDelete(opened.file);
    if (opened.data) kernel.capDelete(opened.data);
  }
}
