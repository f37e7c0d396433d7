// Entry of the machine's Worker: the machine, and the page's API to it over Comlink.

import { expose } from "comlink";
import { webMachineHost } from "../../kernel-wasm/machine/web/machine-host.ts";
import { MachineService } from "../services/machine-service.ts";
import { siteFile } from "../services/site-file.ts";

/** The site: two levels above this Worker's script when built (assets/…), the page's own folder otherwise. */
const base = new URL(import.meta.env.DEV ? "/" : "../", self.location.href).href;
const host = webMachineHost((name) => new Worker(new URL("./domain-worker.ts", import.meta.url), { type: "module", name }), base, (path) => siteFile(path, base));

expose(new MachineService(host));
// What is said to us from now on is heard (first-word.ts).
postMessage("here");
