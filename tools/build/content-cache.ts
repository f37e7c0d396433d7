// Results kept by the content of what they were made from, in .cache/. A record lists the files that were read with their
// hashes; it holds as long as all of them are the same, whatever their dates.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inRoot } from "./paths.ts";

interface Record_ { key: string; inputs: Record<string, string> }

export function hash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 32);
}

const hashFile = (path: string): string => (existsSync(path) ? hash(readFileSync(path)) : "absent");

/** Writes as a whole or not at all, so that a build that is cut off leaves nothing half-written. */
export function writeWhole(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, path);
}

/**
 * The bytes that `make` gave when it last ran with this `key` and these inputs; runs it if anything changed. `make` says
 * which files (relative to the root) it read, also those that it looked for in vain.
 */
export async function cached(
  name: string,
  key: string,
  make: () => Promise<{ bytes: Uint8Array; inputs: Iterable<string> }>,
): Promise<Uint8Array> {
  const data = inRoot(`.cache/${name}.bin`);
  const recordPath = inRoot(`.cache/${name}.json`);
  if (existsSync(data) && existsSync(recordPath)) {
    const record = JSON.parse(readFileSync(recordPath, "utf8")) as Record_;
    if (record.key === key && Object.entries(record.inputs).every(([file, before]) => hashFile(inRoot(file)) === before)) {
      return readFileSync(data);
    }
  }
  const { bytes, inputs } = await make();
  const record: Record_ = { key, inputs: Object.fromEntries([...inputs].sort().map((file) => [file, hashFile(inRoot(file))])) };
  writeWhole(data, bytes);
  writeWhole(recordPath, JSON.stringify(record, null, 1));
  return bytes;
}
