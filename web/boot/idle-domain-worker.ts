// A domain's Worker that is never born: the code of domain-worker.ts is there, and nothing runs. The floor of boot starts these.

import { webWorkerHost } from "../../kernel-wasm/machine/web/worker-host.ts";
import type { ToWorker } from "../../kernel-wasm/machine/worker/messages.ts";
import { worker } from "../../kernel-wasm/machine/worker/runtime.ts";
import { siteFile } from "../services/site-file.ts";
import { images } from "./images.ts";

const hear = worker(webWorkerHost(images, siteFile));
addEventListener("message", (event: MessageEvent<ToWorker>) => hear(event.data));
postMessage(0);
