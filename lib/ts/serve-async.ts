// The loop of a TypeScript server that lives on its Worker's event loop (devices, fetches): as serve.ts, but parks with
// `receiveAsync`, so that callbacks run while it waits. Outside events enter through `server.events` (events.ts) only.
// A server that says when it waits for no callback (`waits`) blocks its Worker then, as with serve.ts.

import { SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Kernel } from "./kernel.ts";
import { handle, type Server } from "./serve.ts";
import { errorName, failure } from "./status.ts";

/** Serve `endpoint` until the domain ends, or until `stop` says so (tests). */
export async function serveAsync(kernel: Kernel, server: Server, endpoint = SLOT_SELF, stop: () => boolean = () => false): Promise<void> {
  while (!stop()) {
    const patience = server.patience?.() ?? -1;
    const incoming = server.waits?.() === false ? kernel.receive(endpoint, patience) : await kernel.receiveAsync(endpoint, patience);
    if (incoming.status >= 0) handle(kernel, server, incoming);
    else if (incoming.status === failure("Timeout") || incoming.status === failure("WouldBlock")) server.idle?.();
    else if (incoming.status !== failure("Interrupted")) {
      kernel.log(`receive failed: ${errorName(incoming.status)}`);
      kernel.exit(1);
    }
  }
}
