// `npm test [-- --only SUITE]`: checks, build, unit tests, system tests, in this order, each even if one before it failed. Prints a
// last line `N passed, N failed, N skipped` summed over all suites, after what failed, each once more; the exit status is 1 if anything
// failed. From a clean clone: packages are installed first, and a Chromium is found or installed, and Debian's file system tools where
// that is possible.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { build } from "../build/main.ts";
import { inRoot } from "../build/paths.ts";
import { printVerdict, runChecks } from "../check/main.ts";
import { ensureChromium } from "../run/chromium.ts";
import { ensureTools } from "../run/debian.ts";
import { runTool } from "../run/tool.ts";
import { option } from "../serve/options.ts";
import { add, none, readPlaywrightReport, readVitestReport, type Tally } from "./tally.ts";

const REPORTS = ".cache/test";

const failedOnce = (tally: Tally, failure: string): Tally => ({ ...tally, failed: 1, failures: [failure] });

/** Runs a test runner that writes a JSON report, and reads it. Without a report, or with a status that it does not explain, something failed. */
async function runner(name: string, command: string, args: string[], env: Record<string, string>, read: (report: unknown) => Tally): Promise<Tally> {
  const report = inRoot(`${REPORTS}/${name}.json`);
  rmSync(report, { force: true });
  const { status } = await runTool(command, args, { echo: process.stdout, env });
  if (!existsSync(report)) return status === 0 ? none : failedOnce(none, `${name}: ${command} ended with status ${status} and wrote no report`);
  const tally = read(JSON.parse(readFileSync(report, "utf8")));
  return status !== 0 && tally.failed === 0 ? failedOnce(tally, `${name}: ${command} ended with status ${status}, though no test failed`) : tally;
}

const suites: Record<string, () => Promise<Tally>> = {
  async check() {
    const verdicts = await runChecks([], printVerdict);
    const failures = verdicts.filter(({ ok }) => !ok).map(({ name }) => `check: ${name}`);
    return { ...none, passed: verdicts.length - failures.length, failed: failures.length, failures };
  },
  async build() {
    return await build([]) ? { ...none, passed: 1 } : failedOnce(none, "build");
  },
  unit() {
    ensureTools();
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORTS}/unit.json`];
    return runner("unit", "vitest", args, {}, readVitestReport);
  },
  async system() {
    const found = ensureChromium();
    if ("remedy" in found) {
      console.error(found.remedy);
      return failedOnce(none, `system: ${found.remedy}`);
    }
    const env = { GRAIL_TEST_REPORT: inRoot(`${REPORTS}/system.json`), CHROMIUM: found.executable };
    return runner("system", "playwright", ["test"], env, readPlaywrightReport);
  },
};

export async function main(args: string[]): Promise<number> {
  const only = option(args, "only");
  if (only && !(only in suites)) {
    console.error(`test: no suite ${only}; there are ${Object.keys(suites).join(", ")}`);
    return 2;
  }
  mkdirSync(inRoot(REPORTS), { recursive: true });
  let total = none;
  for (const [name, suite] of Object.entries(suites)) {
    if (only && only !== name) continue;
    console.log(`\n--- ${name}`);
    total = add(total, await suite());
  }
  if (total.failures.length) console.log(`\n--- what failed\n\n${total.failures.join("\n\n")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed ? 1 : 0;
}
