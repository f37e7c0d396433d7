// A benchmark's report as a table.

import type { Report } from "../../bench/benchmark.ts";

export function reportTable(report: Report): HTMLTableElement {
  const table = document.createElement("table");
  for (const [name, ratio] of Object.entries(report.ratios)) row(table, name, `${ratio}`, "ratio");
  for (const [name, { median, unit, runs }] of Object.entries(report.metrics)) row(table, name, `${median} ${unit}`, `median of ${runs}`);
  return table;
}

function row(table: HTMLTableElement, name: string, value: string, note: string): void {
  const line = table.insertRow(), head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  line.append(head);
  line.insertCell().textContent = value;
  line.insertCell().textContent = note;
}
