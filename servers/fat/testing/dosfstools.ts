// Debian's dosfstools and mtools as oracles: they make images, check them, and put files in and take them out.
//
//   const image = mkfsFat(["-F", "16"], 16 << 20);       fsckFat(image) gives { status, output }
//   const filled = copyIn(image, new Map([["/deep/Long name", bytes], ["/empty dir", undefined]]));
//   copyOut(image, ["/deep/Long name"])                   the contents of each

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTool, missing } from "../../../tools/run/debian.ts";

/** Whether they are installed; if not, it has been said that tests are skipped. */
export const haveDosfstools = !missing("mkfs.fat", "fsck.fat", "mcopy", "mmd");

const environment = { ...process.env, LC_ALL: "C.UTF-8", MTOOLS_SKIP_CHECK: "1" };

function inFolder<T>(body: (file: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "grailos-fat-"));
  try { return body((name) => join(folder, name)); } finally { rmSync(folder, { recursive: true, force: true }); }
}

export function mkfsFat(options: readonly string[], size: number): Uint8Array {
  return inFolder((file) => {
    writeFileSync(file("image"), "");
    truncateSync(file("image"), size);
    execFileSync(findTool("mkfs.fat")!, [...options, file("image")], { stdio: "ignore" });
    return new Uint8Array(readFileSync(file("image")));
  });
}

export function fsckFat(image: Uint8Array): { status: number; output: string } {
  return inFolder((file) => {
    writeFileSync(file("image"), image);
    const { status, stdout, stderr } = spawnSync(findTool("fsck.fat")!, ["-n", file("image")], { encoding: "utf8" });
    return { status: status ?? -1, output: `${stdout}${stderr}` };
  });
}

/** The image with files (contents) and directories (undefined), parents first. */
export function copyIn(image: Uint8Array, files: ReadonlyMap<string, Uint8Array | undefined>): Uint8Array {
  return inFolder((file) => {
    writeFileSync(file("image"), image);
    for (const [path, contents] of files) {
      if (!contents) { execFileSync("mmd", ["-i", file("image"), `::${path}`], { env: environment }); continue; }
      writeFileSync(file("source"), contents);
      execFileSync("mcopy", ["-i", file("image"), file("source"), `::${path}`], { env: environment });
    }
    return new Uint8Array(readFileSync(file("image")));
  });
}

export function copyOut(image: Uint8Array, paths: readonly string[]): Uint8Array[] {
  return inFolder((file) => {
    writeFileSync(file("image"), image);
    return paths.map((path) => {
      rmSync(file("out"), { force: true });
      execFileSync("mcopy", ["-n", "-i", file("image"), `::${path}`, file("out")], { env: environment });
      return new Uint8Array(readFileSync(file("out")));
    });
  });
}
