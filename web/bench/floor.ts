// The floor of boot: `?workers=N&modules=PATH,PATH` starts N empty Workers and compiles the modules, nothing else.

import { startEmptyWorker } from "../boot/start-bench.ts";

const { searchParams } = new URL(location.href);
const workers = Array.from({ length: Number(searchParams.get("workers")) }, () => new Promise((resolve) => { startEmptyWorker().onmessage = resolve; }));
const modules = searchParams.get("modules")!.split(",").map((path) => WebAssembly.compileStreaming(fetch(new URL(path, location.href))));
await Promise.all([...workers, ...modules]);
performance.mark("prompt");
