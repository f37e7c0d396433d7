// Makes sure that the packages are there before anything else is imported. Plain JavaScript without dependencies.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const MARK = `${root}node_modules/.cache/grailos-lock`;

/** Installs packages if node_modules is missing or was made from another package-lock.json. Exits with a sentence if it cannot. */
export function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or later is needed; this is ${process.versions.node}.`);
  const lock = createHash("sha256").update(readFileSync(`${root}package-lock.json`)).digest("hex");
  if (existsSync(MARK) && readFileSync(MARK, "utf8") === lock) return;
  // npm itself knows whether what is there will do: then it only takes a second.
  const complete = existsSync(`${root}node_modules`) && spawnSync("npm", ["ls", "--all"], { cwd: root, stdio: "ignore" }).status === 0;
  if (!complete) {
    console.error("Installing packages …");
    const { status } = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", 2, 2] });
    if (status !== 0) fail("npm ci failed: the packages could not be installed.");
  }
  mkdirSync(`${root}node_modules/.cache`, { recursive: true });
  writeFileSync(MARK, lock);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
