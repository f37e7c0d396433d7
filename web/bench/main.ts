// The page bench.html: runs one benchmark at a time, for a person by its buttons, for `npm run bench` by a function of the page:
//
//   await window.runBenchmark("ipc")   // { metrics, ratios }, or rejects with words
//   window.benchmarkProgress           // what it does now
//
// A benchmark runs in a Worker that hosts a machine of its own and ends with it.

import { proxy, wrap } from "comlink";
import type { Report } from "../../bench/benchmark.ts";
import { benchmarks } from "../../bench/all.ts";
import { startBenchWorker, type BenchService } from "../boot/start-bench.ts";
import { reportTable } from "./report-table.ts";
import { visit } from "./visit.ts";

declare global {
  interface Window { runBenchmark: (name: string) => Promise<Report>; benchmarkProgress: string }
}

const progress = document.querySelector<HTMLElement>("#progress")!, result = document.querySelector<HTMLElement>("#result")!;

function say(text: string): void { window.benchmarkProgress = text; progress.textContent = text; }

window.benchmarkProgress = "";
window.runBenchmark = async (name) => {
  const worker = startBenchWorker();
  const failed = new Promise<never>((_, reject) => worker.addEventListener("error", (event) => reject(new Error(event.message || "the Worker's script could not be loaded"))));
  try {
    return await Promise.race([wrap<BenchService>(worker).run(name, proxy((text: string) => say(`${name}: ${text}`)), proxy(visit)), failed]);
  } finally { worker.terminate(); }
};

for (const name of Object.keys(benchmarks)) {
  const button = document.createElement("button");
  button.textContent = name;
  button.onclick = async () => {
    for (const other of document.querySelectorAll("button")) other.disabled = true;
    result.replaceChildren();
    try {
      result.append(reportTable(await window.runBenchmark(name)));
      say(`${name}: done`);
    } catch (error) { say(`${name}: ${(error as Error).message}`); }
    for (const other of document.querySelectorAll("button")) other.disabled = false;
  };
  document.querySelector("#choices")!.append(button);
}
