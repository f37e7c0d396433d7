// FAT's random workloads against their model, with FAT and the cache linked into one module.

import { useLinked } from "../../lib/testing/linked.ts";

await useLinked("cache+fat");
process.env["GRAIL_FAT_RUNS"] ??= "1";
await import("./workload.test.ts");
