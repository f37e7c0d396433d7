// Entry of a domain's Worker below a benchmark's own machine: init is a puppet of the benchmark.

import { webWorkerHost } from "../../kernel-wasm/machine/web/worker-host.ts";
import type { ToWorker } from "../../kernel-wasm/machine/worker/messages.ts";
import { worker } from "../../kernel-wasm/machine/worker/runtime.ts";

const hear = worker(webWorkerHost({ init: () => import("../../kernel-wasm/testing/puppet.ts"), "disk-ram": () => import("../../servers/disk-ram/main.ts") }));
addEventListener("message", (event: MessageEvent<ToWorker>) => hear(event.data));
