// A file of the browser's origin-private file system by its access handle, with nothing in between: what disks on OPFS are measured against.
// Writes and reads it in order, in records of `record` bytes; answers milliseconds.

import { accessHandle } from "./opfs-handle.ts";

export interface OpfsRun { readonly kind: "write" | "read" | "remove"; readonly name: string; readonly records: number; readonly record: number }

addEventListener("message", (event: MessageEvent<OpfsRun>) => void run(event.data).then((time) => postMessage(time)));

async function run({ kind, name, records, record }: OpfsRun): Promise<number> {
  if (kind === "remove") {
    await (await navigator.storage.getDirectory()).removeEntry(name).catch(() => undefined);
    return 0;
  }
  const handle = await accessHandle(name);
  try {
    const buffer = new Uint8Array(record);
    const began = performance.now();
    for (let i = 0; i < records; i++) {
      if (kind === "write") buffer.fill(i);
      const done = kind === "write" ? handle.write(buffer, { at: i * record }) : handle.read(buffer, { at: i * record });
      if (done !== record || (kind === "read" && buffer[record - 1] !== (i & 255))) throw new Error(`record ${i} of ${name}: ${done} bytes, or others than were written`);
    }
    if (kind === "write") handle.flush();
    return performance.now() - began;
  } finally { handle.close(); }
}
