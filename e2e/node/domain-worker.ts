// Entry of a domain's Worker when the whole system runs under Node.

import { parentPort } from "node:worker_threads";
import { nodeWorkerHost } from "../../kernel-wasm/machine/node/worker-host.ts";
import type { ToWorker } from "../../kernel-wasm/machine/worker/messages.ts";
import { worker } from "../../kernel-wasm/machine/worker/runtime.ts";
import { images } from "../../web/boot/images.ts";

const hear = worker(nodeWorkerHost(images, process.env["GRAIL_DISKS"]));
parentPort!.on("message", (message) => hear(message as ToWorker));
