// `npm run -s bench -- NAME [--json]`: runs a benchmark of bench/ in Chromium, against the built site, and prints what it found: a
// table, or with --json one object {name, metrics, ratios} and nothing else on standard output. Everything else that is said goes to
// the error stream. Exit status 1 if the benchmark could not be run. `npm run -s bench` alone lists them.

import { chromium } from "@playwright/test";
import { preview } from "vite";
import type { Report } from "../../bench/benchmark.ts";
import { build } from "../build/main.ts";
import { inRoot } from "../build/paths.ts";
import { chromiumFlags, ensureChromium } from "../run/chromium.ts";

interface BenchPage { runBenchmark(name: string): Promise<Report>; benchmarkProgress: string }

async function inChromium(executable: string, name: string): Promise<Report> {
  const server = await preview({ configFile: inRoot("vite.config.ts"), preview: { port: 4190, strictPort: false }, logLevel: "error" });
  const browser = await chromium.launch({ executablePath: executable, args: chromiumFlags });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`page: ${error.message}`));
    page.on("console", (message) => console.error(`page: ${message.text()}`));
    await page.exposeFunction("toldProgress", (text: string) => console.error(text));
    await page.goto(`${server.resolvedUrls!.local[0]}bench.html`);
    await page.waitForFunction(() => "runBenchmark" in window);
    await page.evaluate(() => {
      const tell = (globalThis as unknown as { toldProgress(text: string): void }).toldProgress;
      const progress = document.querySelector("#progress");
      if (progress) new MutationObserver(() => tell(progress.textContent ?? "")).observe(progress, { childList: true, characterData: true, subtree: true });
    });
    return await page.evaluate((chosen) => (window as unknown as BenchPage).runBenchmark(chosen), name);
  } finally {
    await browser.close();
    await new Promise((resolve) => server.httpServer.close(resolve));
  }
}

function table({ metrics, ratios }: Report): string {
  const rows = [
    ...Object.entries(metrics).map(([name, { median, unit, runs }]) => [name, `${median} ${unit}`, `median of ${runs}`]),
    ...Object.entries(ratios).map(([name, ratio]) => [name, `${ratio} ×`, "ratio"]),
  ];
  const width = Math.max(...rows.map(([name]) => name!.length));
  return rows.map(([name, value, note]) => `${name!.padEnd(width)}  ${value!.padStart(16)}  ${note}`).join("\n");
}

export async function main(args: string[]): Promise<number> {
  const json = args.includes("--json");
  const [name] = args.filter((argument) => !argument.startsWith("--"));
  const { benchmarks } = await import("../../bench/all.ts");
  if (!name || !(name in benchmarks)) {
    console.error(`${name ? `There is no benchmark ${name}. ` : ""}Benchmarks: ${Object.keys(benchmarks).join(", ")}`);
    return name ? 1 : 0;
  }
  // The build tells what it does; standard output is for the result.
  console.log = console.info = (...values: unknown[]) => console.error(...values);
  if (!(await build([]))) return 1;
  const found = ensureChromium();
  if ("remedy" in found) {
    console.error(found.remedy);
    return 1;
  }
  let report: Report;
  try {
    report = await inChromium(found.executable, name);
  } catch (error) {
    console.error(`${name}: ${(error as Error).message.split("\n")[0]}`);
    return 1;
  }
  const { metrics, ratios } = report;
  const text = json ? JSON.stringify({ name, metrics, ratios }) : table(report);
  await new Promise((resolve) => process.stdout.write(`${text}\n`, resolve));
  return 0;
}
