// Small helpers for tests that use files through the generated TypeScript stubs: they throw where a test expects success.

import { DirectoryClient } from "../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileFlags } from "../../abi/generated/ts/enums.ts";
import type { Failure } from "../../abi/generated/ts/message.ts";
import type { Kernel } from "../ts/kernel.ts";

/** The results of a call that must have succeeded. */
export function good<T extends { error: 0 }>(result: T | Failure): T {
  if (result.error !== 0) throw new Error(`the call failed with error ${result.error}`);
  return result as T;
}

export interface Entry { name: string; inode: bigint; next: bigint; kind: number }

/** The records of a readDirectory answer. */
export function parseEntries(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Entry[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 20, true);
    entries.push({ inode: view.getBigUint64(at, true), next: view.getBigUint64(at + 8, true), kind: view.getUint32(at + 16, true), name: new TextDecoder().decode(bytes.subarray(at + 24, at + 24 + length)) });
    at += 24 + length + 7 & ~7;
  }
  return entries;
}

/** All entries of a directory, read in parts of `capacity` bytes. */
export function readEntries(read: (cookie: bigint, capacity: number) => { error: 0; entries: Uint8Array } | Failure, capacity = 65536): Entry[] {
  const all: Entry[] = [];
  for (let cookie = 0n; ;) {
    const part = parseEntries(good(read(cookie, capacity)).entries);
    if (part.length === 0) return all;
    all.push(...part);
    cookie = part.at(-1)!.next;
  }
}

export class OpenedFile {
  readonly client: FileClient;
  constructor(readonly kernel: Kernel, readonly file: number, readonly data: number, readonly size: bigint, readonly created: boolean) { this.client = new FileClient(kernel, file); }
  write(text: string | Uint8Array, position = -1n): number { return good(this.client.write(position, typeof text === "string" ? new TextEncoder().encode(text) : text)).written; }
  bytes(position = 0n, length = 65536): Uint8Array { return good(this.client.read(position, length)).data; }
  text(): string { return new TextDecoder().decode(this.bytes()); }
  close(): void {
    this.kernel.capDelete(this.file);
    if (this.data) this.kernel.capDelete(this.data);
  }
}

export function openFile(directory: DirectoryClient, path: string, flags = FileFlags.Read | FileFlags.Write | FileFlags.Create, mode = 0o644): OpenedFile {
  const opened = good(directory.open(flags as FileFlags, mode, path));
  return new OpenedFile(directory.kernel, opened.file, opened.data, opened.size, opened.created);
}

export function openDirectory(directory: DirectoryClient, path: string): DirectoryClient {
  return new DirectoryClient(directory.kernel, good(directory.open((FileFlags.Read | FileFlags.Directory) as FileFlags, 0, path)).file);
}

export function writeFile(directory: DirectoryClient, path: string, contents: string): void {
  const file = openFile(directory, path, FileFlags.Write | FileFlags.Create | FileFlags.Truncate);
  file.write(contents);
  file.close();
}

export function readFile(directory: DirectoryClient, path: string): string {
  const file = openFile(directory, path, FileFlags.Read);
  const text = file.text();
  file.close();
  return text;
}

export const listNames = (directory: DirectoryClient): string[] =>
  readEntries((cookie, capacity) => directory.readDirectory(cookie, capacity)).map((entry) => entry.name).filter((name) => name !== "." && name !== "..");

export const pathOf = (directory: DirectoryClient): string => new TextDecoder().decode(good(directory.path()).path);
