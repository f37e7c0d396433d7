// Hit rates of the replacement policies: `npx tsx servers/cache/testing/compare.ts [CAPACITY [LENGTH]]`. The table is in docs/benchmarks.md.

import { PolicyBench } from "./bench.ts";
import { models } from "./models.ts";
import { traces } from "./traces.ts";

const [capacity = 256, length = 100_000] = process.argv.slice(2).map(Number);
console.log(`Hit rates in percent, ${capacity} pages, ${length} references`);
console.log(["trace".padEnd(10), ...models.map(({ name }) => name.padStart(6))].join(" "));
for (const { name, describe, pages } of traces(capacity, length)) {
  const rates: string[] = [];
  for (let kind = 0; kind < models.length; kind++) {
    const policy = await PolicyBench.start(kind, capacity), hits = pages.filter((page) => policy.refer(page) === "hit").length;
    rates.push((100 * hits / pages.length).toFixed(1).padStart(6));
  }
  console.log([name.padEnd(10), ...rates].join(" "), `  ${describe}`);
}
