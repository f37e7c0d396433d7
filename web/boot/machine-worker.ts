// Entry of the machine's Worker: the machine, and the page's API to it over Comlink. What the machine tells unasked is no call of a Comlink proxy, which is a
// message there and its answer back, over a port that the browser's processes serve: it is a message `{ event }` of this Worker's own, and there are dozens in a boot.

import { expose } from "comlink";
import { webMachineHost } from "../../kernel-wasm/machine/web/machine-host.ts";
import type { MachineEvent } from "../model/machine-api.ts";
import { MachineService } from "../services/machine-service.ts";
import { siteFile } from "../services/site-file.ts";

/** A message of this Worker that is no answer to a call. */
export interface Told { readonly event: MachineEvent }
/** What the page can have besides the API: from then on it is told. */
export interface Telling { tellEvents(): Promise<void> }

/** The site: two levels above this Worker's script when built (assets/…), the page's own folder otherwise. */
const base = new URL(import.meta.env.DEV ? "/" : "../", self.location.href).href;
const host = webMachineHost((name) => new Worker(new URL("./domain-worker.ts", import.meta.url), { type: "module", name }), base, (path) => siteFile(path, base));

const service = new MachineService(host);
expose(Object.assign(service, { tellEvents: (): Promise<void> => service.onEvent((event) => { postMessage({ event } satisfies Told); }) } satisfies Telling));
// What is said to us from now on is heard (first-word.ts).
postMessage("here");
