// Starts the one machine Worker (or takes over the one that the head of the built page has started: tools/vite/early-machine.ts) and gives the page its
// API: calls are kept until the Worker is there. To be called once, as early as possible: all else in the page waits for it. `?fake` in the address puts
// a made-up system in its place, for work on the page itself; it is never the default.

import { proxy, transfer, wrap } from "comlink";
import type { MachineApi } from "../model/machine-api.ts";
import { workerThatSpeaks, type EarlyWorker } from "./first-word.ts";
import type { Telling, Told } from "./machine-worker.ts";

export type StartedMachine = { machine: MachineApi; fake: boolean };

const early = (): EarlyWorker | undefined => (globalThis as { earlyMachine?: EarlyWorker }).earlyMachine;

/** For a page that will not boot. */
export function dropEarlyMachine(): void { early()?.worker.terminate(); }

export async function startMachine(address: URL, onFailure: (text: string) => void): Promise<StartedMachine> {
  if (address.searchParams.has("fake")) {
    const { FakeMachine } = await import("../services/fake-machine.ts");
    return { machine: new FakeMachine(), fake: true };
  }
  const failure = (text: string): string => `The machine Worker failed: ${text}.`;
  const started = workerThatSpeaks(() => new Worker(new URL("./machine-worker.ts", import.meta.url), { type: "module", name: "machine" }), early()).then((worker) => {
    worker.addEventListener("error", (event) => onFailure(failure(event.message || "its script failed")));
    return { worker, remote: wrap<MachineApi & Telling>(worker) };
  }, (error: Error) => { throw new Error(failure(error.message)); });
  // Who calls the machine hears of it.
  started.catch(() => undefined);
  return {
    fake: false,
    machine: {
      boot: async (options) => (await started).remote.boot(options),
      snapshot: async () => (await started).remote.snapshot(),
      callCounts: async () => (await started).remote.callCounts(),
      capabilities: async (domain) => (await started).remote.capabilities(domain),
      traceEvents: async (after) => (await started).remote.traceEvents(after),
      setTrace: async (on) => (await started).remote.setTrace(on),
      kill: async (domain) => (await started).remote.kill(domain),
      place: async (domain, placement) => (await started).remote.place(domain, placement),
      openTerminal: async (terminal, port, profile) => (await started).remote.openTerminal(terminal, transfer(port, [port as MessagePort]), profile),
      closeTerminal: async (terminal) => (await started).remote.closeTerminal(terminal),
      newShell: async (terminal, profile) => (await started).remote.newShell(terminal, profile),
      writeFile: async (path, data) => (await started).remote.writeFile(path, data),
      readFile: async (path) => (await started).remote.readFile(path),
      listDirectory: async (path) => (await started).remote.listDirectory(path),
      storage: async (request, progress) => (await started).remote.storage(request, progress ? proxy(progress) : undefined) as never,
      onEvent: async (listener) => {
        const { worker, remote } = await started;
        worker.addEventListener("message", ({ data }: MessageEvent<Partial<Told>>) => { if (data.event) listener(data.event); });
        return remote.tellEvents();
      },
    },
  };
}
