// Mounts the file systems and writes the directories, links and files of the manifest. Something that fails is logged and left out: a system without
// its motd is better than none. Only the root mount is indispensable. What is served by a server with `start: demand` is mounted later (mountOne), and what is on a disk by a program (disk-mounts.ts).

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { FileFlags, MountFlags } from "../../../abi/generated/ts/enums.ts";
import { RANGE_LIMIT, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../../abi/layout/limits.ts";
import { decodeBase64 } from "../../../lib/ts/base64.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorName, errorNumber } from "../../../lib/ts/status.ts";
import { encodeText } from "../../../lib/ts/text.ts";
import type { Manifest, MountEntry } from "../manifest/manifest.ts";
import type { RunningServer } from "./start-servers.ts";

/** MountFlags of each protocol. */
const PROTOCOLS: Readonly<Record<number, number>> = { 1: MountFlags.Forward, 2: 0, 3: MountFlags.ClientSide };

export function prepareFiles(kernel: Kernel, manifest: Manifest, servers: ReadonlyMap<string, RunningServer>, log: Log): void {
  const root = new DirectoryClient(kernel, servers.get("vfs")!.endpoint);
  const report = (what: string, error: number): void => { if (error) log.warn(`${what}: ${errorName(error)}`); };

  for (const mount of manifest.mounts) if (servers.get(mount.server)?.home.slot) mountOne(kernel, mount, servers, log);
  for (const { path, mode } of manifest.directories) report(`directory ${path}`, makeDirectories(root, path, mode));
  for (const { path, target } of manifest.links) {
    makeDirectories(root, parentOf(path), 0o755);
    report(`link ${path}`, root.symbolicLink(target, path).error);
  }
  for (const { path, mode, text, base64 } of manifest.files) {
    makeDirectories(root, parentOf(path), 0o755);
    report(`file ${path}`, writeFile(kernel, root, path, mode, text !== undefined ? encodeText(text) : decodeBase64(base64!)));
  }
}

/** Mount what a server serves, which has been started. Throws if that was to be the root, and cannot be. */
export function mountOne(kernel: Kernel, mount: MountEntry, servers: ReadonlyMap<string, RunningServer>, log: Log): void {
  const root = new DirectoryClient(kernel, servers.get("vfs")!.endpoint);
  if (mount.path !== "/") makeDirectories(root, mount.path, 0o755);
  const fileSystem = kernel.capMint(servers.get(mount.server)!.endpoint, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0);
  const mounted = root.mount((mount["read-only"] ? MountFlags.ReadOnly : 0) | PROTOCOLS[mount.protocol]!, fileSystem, mount.path, mount.server);
  kernel.capDelete(fileSystem);
  if (mounted.error && mount.path === "/") throw new Error(`cannot mount ${mount.server} on /: ${errorName(mounted.error)}`);
  if (mounted.error) log.warn(`mount ${mount.server} on ${mount.path}: ${errorName(mounted.error)}`);
}

/** The directory and those above it. `mode` is for the last. */
export function makeDirectories(root: DirectoryClient, path: string, mode: number): number {
  if (path === "/") return 0;
  const made = root.makeDirectory(mode, path);
  if (made.error === errorNumber("Exists")) return 0;
  if (made.error !== errorNumber("NotFound")) return made.error;
  return makeDirectories(root, parentOf(path), 0o755) || root.makeDirectory(mode, path).error;
}

function writeFile(kernel: Kernel, root: DirectoryClient, path: string, mode: number, data: Uint8Array): number {
  const opened = root.open(FileFlags.Write | FileFlags.Create | FileFlags.Truncate, mode, path);
  if (opened.error) return opened.error;
  const file = new FileClient(kernel, opened.file);
  let error = 0;
  for (let at = 0; at < data.length && !error;) {
    const written = file.write(BigInt(at), data.subarray(at, at + RANGE_LIMIT));
    if (written.error) error = written.error;
    else at += written.written;
  }
  file.close();
  kernel.capDelete(opened.file);
  if (opened.data) kernel.capDelete(opened.data);
  return error;
}

function parentOf(path: string): string { return path.slice(0, path.lastIndexOf("/")) || "/"; }
