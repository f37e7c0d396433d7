// Debian's e2fsprogs as oracles: they make images, check them, and look into them.
//
//   const image = mke2fs(["-t", "ext3", "-b", "1024"], 8 << 20, folder)     `folder`: what to put into it
//   e2fsck(image)                          { status, output }: status 0 means that nothing is wrong; the image is not changed
//   repair(image)                          the same with -fy on a copy, which is returned
//   debugfs(image, ["dump /a /tmp/b"])     its output

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDERS = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/opt/e2fsprogs/sbin"];
const folder = FOLDERS.find((each) => existsSync(join(each, "mke2fs")) && existsSync(join(each, "e2fsck")) && existsSync(join(each, "debugfs")));

/** Whether they are installed. Tests that need them say so when they are skipped. */
export const haveE2fsprogs = folder !== undefined;
if (!haveE2fsprogs) console.warn("e2fsprogs is not installed: the tests that compare with it are SKIPPED");

const tool = (name: string): string => join(folder ?? "", name);
/** Times that do not change from run to run. */
const environment = { ...process.env, E2FSPROGS_FAKE_TIME: "1700000000", MKE2FS_SYNC: "0" };

/** Run with a temporary folder, which is removed afterwards. */
function inFolder<T>(body: (path: string) => T): T {
  const path = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "grail-ext2-"));
  try { return body(path); } finally { rmSync(path, { recursive: true, force: true }); }
}

export function mke2fs(options: readonly string[], size: number, contents?: string): Uint8Array {
  return inFolder((path) => {
    const image = join(path, "image");
    writeFileSync(image, new Uint8Array(0));
    execFileSync("truncate", ["-s", String(size), image]);
    execFileSync(tool("mke2fs"), ["-q", "-F", "-U", "01234567-89ab-cdef-0123-456789abcdef", "-E", "hash_seed=01234567-89ab-cdef-0123-456789abcdef", ...options, ...(contents ? ["-d", contents] : []), image], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    return new Uint8Array(readFileSync(image));
  });
}

export interface Checked { readonly status: number; readonly output: string; readonly image: Uint8Array }

function check(image: Uint8Array, option: string): Checked {
  return inFolder((path) => {
    const file = join(path, "image");
    writeFileSync(file, image);
    const { status, stdout, stderr, error } = spawnSync(tool("e2fsck"), [option, file], { env: environment, encoding: "utf8", timeout: 120_000 });
    if (error) throw error;
    return { status: status ?? -1, output: `${stdout}${stderr}`, image: option === "-fy" ? new Uint8Array(readFileSync(file)) : image };
  });
}

/** `e2fsck -fn`: does not change the image, nor replay its journal. */
export const e2fsck = (image: Uint8Array): Checked => check(image, "-fn");
/** `e2fsck -fy` on a copy: replays the journal, and repairs. */
export const repair = (image: Uint8Array): Checked => check(image, "-fy");

/** Run commands of debugfs; `write` lets them change the image, which is returned. Files named `@name` are in a folder of their own. */
export function debugfs(image: Uint8Array, commands: readonly string[], { write = false, files = {} as Readonly<Record<string, Uint8Array>>, take = [] as readonly string[] } = {}): { output: string; image: Uint8Array; files: Record<string, Uint8Array> } {
  return inFolder((path) => {
    const file = join(path, "image"), script = join(path, "script");
    writeFileSync(file, image);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
    writeFileSync(script, `${commands.map((command) => command.replaceAll("@", `${path}/`)).join("\n")}\n`);
    const { stdout, stderr } = spawnSync(tool("debugfs"), [...(write ? ["-w"] : []), "-f", script, file], { env: environment, encoding: "utf8", timeout: 120_000, maxBuffer: 1 << 28 });
    return { output: `${stdout}${stderr}`, image: new Uint8Array(readFileSync(file)), files: Object.fromEntries(take.map((name) => [name, new Uint8Array(readFileSync(join(path, name)))])) };
  });
}

/** The contents of files by their paths in the image. */
export function dumpFiles(image: Uint8Array, paths: readonly string[]): Uint8Array[] {
  const names = paths.map((_, i) => `dumped-${i}`);
  const { files } = debugfs(image, paths.map((each, i) => `dump ${each} @${names[i]}`), { take: names });
  return names.map((name) => files[name]!);
}
