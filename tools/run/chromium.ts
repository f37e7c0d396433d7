// Finds a Chromium for tests and benchmarks: one that is installed, else Playwright's own, else by installing one.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** Flags for a machine without a screen, where the browser may run as root and must not reach out by itself. */
export const chromiumFlags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];
const PLACES = [
  "/usr/bin/chromium",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The executable of a Chromium that is there; undefined if there is none. The variable CHROMIUM goes before everything. */
export function findChromium(): string | undefined {
  const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  let own = "";
  try {
    own = chromium.executablePath();
  } catch {
    // Playwright has none for this platform.
  }
  return [process.env.CHROMIUM ?? "", ...PLACES, ...onPath, own].find((place) => place && existsSync(place));
}

/** The same, installing one if there is none. Gives the executable, or one sentence that says what to do. */
export function ensureChromium(): { executable: string } | { remedy: string } {
  const attempts: [string, string[]][] = [["npx", ["playwright", "install", "chromium"]]];
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    attempts.push(["apt-get", ["update", "-q"]], ["apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"]]);
  }
  for (const attempt of [undefined, ...attempts]) {
    if (attempt) {
      console.error(`No Chromium found: trying ${attempt[0]} ${attempt[1].join(" ")}`);
      spawnSync(attempt[0], attempt[1], { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    }
    const executable = findChromium();
    if (executable) return { executable };
  }
  return { remedy: "No Chromium could be found or installed: install one and set CHROMIUM to its executable." };
}
