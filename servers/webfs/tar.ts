// Lists what is in a tar archive (POSIX ustar and pax, GNU long names), without copying its contents. The build uses it to write listings, the
// server for archives that have none.

import { decodeTextLosslessly } from "../../lib/ts/text.ts";
import type { TarListing } from "./image-format.ts";

/** The archive is damaged: at which byte, and how. */
export class CorruptArchive extends Error {}

const BLOCK = 512;
type Member = TarListing["entries"][number];
type Overrides = { path?: string; linkpath?: string; size?: number; mtime?: number };

/** Entries in the order of the archive; a later one of the same path replaces an earlier. Throws CorruptArchive. */
export function tarListing(archive: Uint8Array): TarListing {
  const members = new Map<string, Member>();
  let overrides: Overrides = {};
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!hasValidSum(header)) throw new CorruptArchive(`bad header at byte ${at}`);
    const type = String.fromCharCode(header[156]!) as string;
    const size = type === "x" || type === "L" || type === "K" || type === "g" ? numberAt(header, 124, 12) : overrides.size ?? numberAt(header, 124, 12);
    const offset = at + BLOCK, end = offset + size;
    if (!Number.isSafeInteger(size) || end > archive.length) throw new CorruptArchive(`cut short: the member at byte ${at} needs ${size} bytes`);
    const body = archive.subarray(offset, end);
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
    switch (type) {
      case "L": overrides = { ...overrides, path: textOf(body) }; continue;
      case "K": overrides = { ...overrides, linkpath: textOf(body) }; continue;
      case "x": overrides = { ...overrides, ...paxRecords(body) }; continue;
      case "g": continue;
    }
    const prefix = textAt(header, 257, 5) === "ustar" ? textAt(header, 345, 155) : "";
    const path = clean(overrides.path ?? (prefix ? `${prefix}/` : "") + textAt(header, 0, 100));
    const target = overrides.linkpath ?? textAt(header, 157, 100);
    const named = { path, mode: numberAt(header, 100, 8) & 0o7777, mtime: overrides.mtime ?? numberAt(header, 136, 12) };
    overrides = {};
    if (path === "") continue;
    switch (type) {
      case "0": case "\0": case "7": members.set(path, { ...named, kind: "file", offset, size }); break;
      case "5": members.set(path, { ...named, kind: "directory" }); break;
      case "2": if (target !== "") members.set(path, { ...named, kind: "link", target }); break;
      case "1": {
        // A hard link: another name of a member that came before.
        const original = members.get(clean(target));
        if (original) members.set(path, { ...original, path });
      }
    }
  }
  return { version: 1, entries: [...members.values()] };
}

/** Without leading `/` and `./`; empty for what would lead outside. */
function clean(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? "" : parts.join("/");
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeTextLosslessly(end < 0 ? bytes : bytes.subarray(0, end));
}
function textAt(header: Uint8Array, at: number, length: number): string { return textOf(header.subarray(at, at + length)); }

/** Octal text, or (GNU) a big-endian number with the top bit set. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  if (header[at]! & 0x80) {
    let value = header[at]! & 0x7f;
    for (let index = at + 1; index < at + length; index++) value = value * 256 + header[index]!;
    return value;
  }
  return Number.parseInt(textAt(header, at, length).trim() || "0", 8) || 0;
}

/** The sum of all bytes, with the field itself taken as blanks. */
function hasValidSum(header: Uint8Array): boolean {
  let sum = 8 * 0x20;
  header.forEach((byte, index) => { if (index < 148 || index >= 156) sum += byte; });
  return sum === numberAt(header, 148, 8);
}

/** Records `length key=value\n`, length in bytes and counting itself. */
function paxRecords(body: Uint8Array): Overrides {
  const found: Overrides = {};
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at), length = Number.parseInt(textOf(body.subarray(at, space)), 10);
    if (space < 0 || !(length > 0)) break;
    const text = decodeTextLosslessly(body.subarray(space + 1, at + length - 1)), split = text.indexOf("="), value = text.slice(split + 1);
    switch (text.slice(0, split)) {
      case "path": found.path = value; break;
      case "linkpath": found.linkpath = value; break;
      case "size": found.size = Number(value); break;
      case "mtime": found.mtime = Math.max(0, Math.floor(Number(value))); break;
    }
    at += length;
  }
  return found;
}
