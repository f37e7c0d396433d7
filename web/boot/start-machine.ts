// Starts the one machine Worker and gives the page its API. To be called once, as early as possible: all else in the page waits
// for it. `?fake` in the address puts a made-up system in its place, for work on the page itself; it is never the default.

import { proxy, transfer, wrap } from "comlink";
import type { MachineApi } from "../model/machine-api.ts";

export type StartedMachine = { machine: MachineApi; fake: boolean };

export async function startMachine(address: URL, onFailure: (text: string) => void): Promise<StartedMachine> {
  if (address.searchParams.has("fake")) {
    const { FakeMachine } = await import("../services/fake-machine.ts");
    return { machine: new FakeMachine(), fake: true };
  }
  const worker = new Worker(new URL("./machine-worker.ts", import.meta.url), { type: "module", name: "machine" });
  worker.addEventListener("error", (event) => onFailure(`The machine Worker failed: ${event.message || "its script could not be loaded"}.`));
  const remote = wrap<MachineApi>(worker);
  return {
    fake: false,
    machine: {
      boot: (options) => remote.boot(options),
      snapshot: () => remote.snapshot(),
      callCounts: () => remote.callCounts(),
      capabilities: (domain) => remote.capabilities(domain),
      traceEvents: (after) => remote.traceEvents(after),
      setTrace: (on) => remote.setTrace(on),
      kill: (domain) => remote.kill(domain),
      place: (domain, placement) => remote.place(domain, placement),
      openTerminal: (terminal, port, profile) => remote.openTerminal(terminal, transfer(port, [port as MessagePort]), profile),
      closeTerminal: (terminal) => remote.closeTerminal(terminal),
      newShell: (terminal, profile) => remote.newShell(terminal, profile),
      writeFile: (path, data) => remote.writeFile(path, data),
      readFile: (path) => remote.readFile(path),
      listDirectory: (path) => remote.listDirectory(path),
      storage: (request, progress) => remote.storage(request, progress ? proxy(progress) : undefined) as never,
      onEvent: (listener) => remote.onEvent(proxy(listener)),
    },
  };
}
