// The floor of boot: `?workers=N&modules=PATH,PATH` starts N of the Workers that domains run in and compiles the modules,
// nothing else. A Worker that the browser does not start is replaced, as the system replaces its own: one page in thirty would not end otherwise.

import { siteFile } from "../services/site-file.ts";
import { workerThatSpeaks } from "../boot/first-word.ts";
import { startIdleDomainWorker } from "../boot/start-bench.ts";

const { searchParams } = new URL(location.href);
const workers = Array.from({ length: Number(searchParams.get("workers")) }, () => workerThatSpeaks(startIdleDomainWorker));
const modules = searchParams.get("modules")!.split(",").map((path) => WebAssembly.compileStreaming(fetch(siteFile(path, location.href))));
await Promise.all([...workers, ...modules]);
performance.mark("prompt");
