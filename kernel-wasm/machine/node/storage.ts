// The storage device under Node: files of a folder. Locks hold within this process; there are no records. For tests without a browser.

import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { StorageFailure, type StorageDevice, type StoredFile } from "../../../lib/ts/storage-device.ts";

export async function folderStorage(folder: string): Promise<{ device: StorageDevice; close(): void }> {
  await mkdir(folder, { recursive: true });
  const opened = new Set<number>(), locks = new Map<string, { shared: boolean; count: number }>();
  const present = (name: string): string => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new StorageFailure("NotFound", `${name}: not found`);
    return path;
  };
  const absent = (name: string): string => {
    const path = join(folder, name);
    if (existsSync(path)) throw new StorageFailure("Exists", `${name} exists`);
    return path;
  };
  const device: StorageDevice = {
    files: {
      list: async () => Promise.all((await readdir(folder)).sort().map(async (name) => ({ name, size: (await stat(join(folder, name))).size }))),
      async open(name, how) {
        const file = openSync(how === "create" ? absent(name) : present(name), how === "create" ? "wx+" : how === "read" ? "r" : "r+");
        opened.add(file);
        return fileOf(file, () => { if (opened.delete(file)) closeSync(file); });
      },
      remove: async (name) => rm(present(name)),
      rename: async (from, to) => rename(present(from), absent(to)),
    },
    async lock(name, shared) {
      const held = locks.get(name);
      if (held && !(held.shared && shared)) return undefined;
      if (held) held.count++; else locks.set(name, { shared, count: 1 });
      return () => { if (--locks.get(name)!.count === 0) locks.delete(name); };
    },
    keep() {},
    async estimate() {
      const { bavail, blocks, bsize } = await statfs(folder);
      return { quota: blocks * bsize, usage: (blocks - bavail) * bsize };
    },
  };
  return { device, close() { for (const file of opened) closeSync(file); opened.clear(); } };
}

function fileOf(file: number, close: () => void): StoredFile {
  const attempt = <T>(action: () => T): T => {
    try { return action(); } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new StorageFailure(code === "ENOSPC" || code === "EDQUOT" ? "NoSpace" : "Io", message);
    }
  };
  return {
    read: (into, at) => attempt(() => readSync(file, into, 0, into.length, at)),
    write: (from, at) => attempt(() => { for (let done = 0; done < from.length;) done += writeSync(file, from, done, from.length - done, at + done); }),
    size: () => attempt(() => fstatSync(file).size),
    resize: (size) => attempt(() => ftruncateSync(file, size)),
    flush: () => attempt(() => fsyncSync(file)),
    close,
  };
}
