// The floor of boot: `?workers=N&modules=PATH,PATH` starts N of the Workers that domains run in and compiles the modules,
// nothing else.

import { siteFile } from "../services/site-file.ts";
import { startIdleDomainWorker } from "../boot/start-bench.ts";

const { searchParams } = new URL(location.href);
const workers = Array.from({ length: Number(searchParams.get("workers")) }, () => new Promise((resolve) => { startIdleDomainWorker().onmessage = resolve; }));
const modules = searchParams.get("modules")!.split(",").map((path) => WebAssembly.compileStreaming(fetch(siteFile(path, location.href))));
await Promise.all([...workers, ...modules]);
performance.mark("prompt");
