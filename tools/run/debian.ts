// Debian's tools that tests take as oracles: e2fsprogs (mke2fs, e2fsck, debugfs), dosfstools (mkfs.fat, fsck.fat), mtools (mcopy, mdir).
//
//   const mkfs = findTool("mkfs.fat");                         its path, or undefined
//   describe.skipIf(missing("mkfs.fat", "mcopy"))("…", …)      says loudly what is missing

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Which package has a tool. */
const PACKAGES: Readonly<Record<string, string>> = {
  mke2fs: "e2fsprogs", e2fsck: "e2fsprogs", debugfs: "e2fsprogs", dumpe2fs: "e2fsprogs", "mkfs.fat": "dosfstools", "fsck.fat": "dosfstools", mcopy: "mtools", mdir: "mtools", mmd: "mtools",
};

/** The path of a tool: on PATH, or where only root's PATH looks. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Whether any of the tools is missing; then a line says which, and that tests are skipped. */
export function missing(...names: readonly string[]): boolean {
  const absent = names.filter((name) => !findTool(name));
  if (absent.length > 0) console.warn(`SKIPPED: tests that need ${absent.join(", ")} (Debian packages ${[...new Set(absent.map((name) => PACKAGES[name] ?? name))].join(", ")}), which this machine does not have`);
  return absent.length > 0;
}

/** Install what is missing, where that is possible (root on Debian); tests say what is missing then. */
export function ensureTools(): void {
  const packages = [...new Set(Object.entries(PACKAGES).filter(([name]) => !findTool(name)).map(([, name]) => name))];
  if (packages.length === 0 || process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  console.error(`Installing ${packages.join(", ")} for the tests that need them`);
  for (const args of [["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", ...packages]]) {
    spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  }
}
