// The records that readDirectory answers with: a DirectoryEntry head, the name, padding to a multiple of 8. File systems write them, clients read
// them.

import { DirectoryEntrySize, readDirectoryEntry, writeDirectoryEntry } from "../../abi/generated/ts/records.ts";
import { concatenate, decodeTextLosslessly, encodeText } from "./text.ts";

export interface Entry { readonly inode: bigint; readonly kind: number; readonly name: string; readonly next: bigint }

const padded = (length: number): number => (DirectoryEntrySize + length + 7) & ~7;

/** As many whole records, in order, as fit into `room` bytes. Empty if not even the first fits. */
export function encodeEntries(entries: Iterable<Entry>, room: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (const { inode, kind, name, next } of entries) {
    const text = encodeText(name);
    const record = new Uint8Array(padded(text.length));
    if (total + record.length > room) break;
    writeDirectoryEntry({ inode, next, kind, nameLength: text.length }, record);
    record.set(text, DirectoryEntrySize);
    parts.push(record);
    total += record.length;
  }
  return concatenate(parts);
}

/** Stops at the first record that is cut short. */
export function decodeEntries(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + DirectoryEntrySize <= bytes.length;) {
    const { inode, next, kind, nameLength } = readDirectoryEntry(bytes, at);
    const name = bytes.subarray(at + DirectoryEntrySize, at + DirectoryEntrySize + nameLength);
    if (name.length < nameLength) break;
    entries.push({ inode, kind, name: decodeTextLosslessly(name), next });
    at += padded(nameLength);
  }
  return entries;
}
