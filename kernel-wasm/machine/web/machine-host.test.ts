// Workers of a browser that fails to start some.

import { expect, test, vi } from "vitest";
import { webMachineHost } from "./machine-host.ts";

vi.stubGlobal("navigator", { hardwareConcurrency: 2 });

class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message?: string }) => void) | undefined;
  readonly told: unknown[] = [];
  postMessage(message: unknown): void { this.told.push(message); }
  terminate(): void { /* Nothing runs. */ }
}

function host(): { workers: FakeWorker[]; handle: ReturnType<ReturnType<typeof webMachineHost>["createWorker"]> } {
  const workers: FakeWorker[] = [];
  const { createWorker } = webMachineHost(() => { const worker = new FakeWorker(); workers.push(worker); return worker as unknown as Worker; }, "http://site/");
  return { workers, handle: createWorker("thread 1", "lock") };
}

test("a Worker whose script cannot be loaded is replaced, and its successor is told all that it was told", () => {
  const { workers, handle } = host(), heard: unknown[] = [];
  handle.onmessage = (message) => { heard.push(message); };
  handle.post("prepare");
  workers[0]!.onerror!({});
  handle.post("birth");
  workers[1]!.onerror!({});
  expect(workers.map(({ told }) => told)).toEqual([["prepare"], ["prepare", "birth"], ["prepare", "birth"]]);
  vi.useFakeTimers();
  workers[2]!.onmessage!({ data: "ready" });
  vi.useRealTimers();
  handle.post("run");
  expect(heard).toEqual(["ready"]);
  expect(workers[2]!.told).toEqual(["prepare", "birth", "run"]);
});

test("an error of a script that runs, a Worker that was ended and one that never starts are not replaced", () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const runs = host();
  runs.workers[0]!.onerror!({ message: "Uncaught Error: no" });
  expect(runs.workers).toHaveLength(1);
  const ended = host();
  ended.handle.terminate();
  ended.workers[0]!.onerror!({});
  expect(ended.workers).toHaveLength(1);
  const never = host();
  for (let i = 0; i < never.workers.length && i < 20; i++) never.workers[i]!.onerror!({});
  expect(never.workers).toHaveLength(4);
  expect(said.mock.calls.flat()).toEqual(["thread 1: Uncaught Error: no", "thread 1: its script could not be loaded", "thread 1: its script could not be loaded"]);
  said.mockRestore();
});
