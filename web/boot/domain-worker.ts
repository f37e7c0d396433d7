// Entry of a domain's Worker in a browser.

import { webWorkerHost } from "../../kernel-wasm/machine/web/worker-host.ts";
import type { ToWorker } from "../../kernel-wasm/machine/worker/messages.ts";
import { worker } from "../../kernel-wasm/machine/worker/runtime.ts";
import { siteFile } from "../services/site-file.ts";
import { images } from "./images.ts";

const hear = worker(webWorkerHost(images, siteFile));
addEventListener("message", (event: MessageEvent<ToWorker>) => hear(event.data));
