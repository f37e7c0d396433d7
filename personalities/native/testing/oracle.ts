// The host's own tools as oracles: the same input to one of ours and to the real one.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HostResult { status: number; output: string; errors: string }

/** Whether the host has it; says so loudly if not, as a test is then skipped. */
export function hostHas(command: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
  if (!found) console.warn(`!!! the host has no ${command}: comparisons with it are SKIPPED`);
  return found;
}

/** Run in a fresh directory that holds the given files, in the C locale (with UTF-8). */
export function onHost(args: readonly string[], input: string | Uint8Array = "", files: Readonly<Record<string, string | Uint8Array>> = {}): HostResult {
  const directory = mkdtempSync(join(tmpdir(), "oracle-"));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(directory, name), contents);
    const result = spawnSync(args[0]!, args.slice(1), { input: typeof input === "string" ? Buffer.from(input, "utf8") : input, cwd: directory, encoding: "latin1", timeout: 20_000, env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/root", LC_ALL: "C.UTF-8", TZ: "UTC" } });
    return { status: result.status ?? 128, output: result.stdout, errors: result.stderr };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
