// Seats of Workers on a host that is made up, so that the platform's proof of a death and a message that was under way come in any order.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { MachineHost } from "./machine-host.ts";
import { Seats, type Seat } from "./seats.ts";
import type { Image, ToWorker } from "./worker/messages.ts";

const IMAGE: Image = { number: 1, name: "x", kind: "driver" };

interface FakeWorker { onmessage: (message: unknown) => void; alive: boolean; terminated: boolean; runs: number; end(): void }

/** Seats over Workers that do only what the test says. */
function bench(): { seats: Seats; workers: FakeWorker[]; vacated: number[] } {
  const workers: FakeWorker[] = [], vacated: number[] = [];
  const host: MachineHost = {
    createWorker() {
      let end = (): void => undefined;
      const dead = new Promise<void>((resolve) => { end = resolve; });
      const worker = {
        alive: true, terminated: false, runs: 0, dead, onmessage: (_: unknown): void => undefined,
        post(message: unknown) { if ((message as ToWorker).kind === "run") this.runs++; },
        terminate() { this.terminated = true; },
        end() { this.alive = false; end(); },
      };
      workers.push(worker);
      return worker;
    },
    compile: () => Promise.reject(new Error("none")), bytes: () => Promise.reject(new Error("none")), base: "", processors: 2,
    channel: () => { throw new Error("none"); },
  };
  const seats = new Seats({
    host, spare: 0, room: () => true, birth: () => ({}) as never, log: () => undefined, keep: () => undefined, stopped: () => false, condemned: () => undefined,
    vacated: (seat) => { vacated.push(seat.domain); seat.domain = 0; },
  }, []);
  return { seats, workers, vacated };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what a Worker said before it was ended does not make its seat free", async () => {
  const { seats, workers, vacated } = bench();
  const taking = seats.take(IMAGE);
  workers[0]!.onmessage({ kind: "ready", thread: 1 });
  const seat = (await taking)!;
  seat.domain = 7;
  seats.replace(seat);
  workers[0]!.onmessage({ kind: "done", thread: 1, domain: 7, memory: 0 });
  expect(seat.state).toBe("ending");
  expect(vacated).toEqual([]);
  workers[0]!.end();
  await settled();
  expect(vacated).toEqual([7]);
  expect(seat.state).toBe("starting");
});

test("whatever is taken, ended and said in whatever order: a seat that is given out has a living Worker that nobody has ended, and each domain is vacated once", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom("take", "ready", "done", "replace", "die"), fc.nat(7)), { maxLength: 60 }), async (steps) => {
    const { seats, workers, vacated } = bench(), busy: Seat[] = [], wrong: string[] = [];
    let next = 1;
    for (const [step, which] of steps) {
      const worker = workers[which % (workers.length || 1)], seat = busy[which % (busy.length || 1)];
      if (step === "take") {
        void seats.take(IMAGE).then((seat) => {
          const of = workers.find((worker) => worker === (seat!.handle as unknown as FakeWorker))!;
          if (!of.alive || of.terminated) wrong.push(`domain ${next} was given a Worker that was ended`);
          if (seat!.domain) wrong.push(`domain ${next} was given the seat of ${seat!.domain}`);
          seat!.domain = next++;
          if (!busy.includes(seat!)) busy.push(seat!);
        });
      } else if (step === "ready") worker?.onmessage({ kind: "ready", thread: 0 });
      else if (step === "done") { if (seat?.domain) (seat.handle as unknown as FakeWorker).onmessage({ kind: "done", thread: seat.thread, domain: seat.domain, memory: 0 }); }
      else if (step === "replace") { if (seat?.domain && seat.state === "busy") seats.replace(seat); }
      else if (worker?.terminated) worker.end();
      await settled();
      expect(wrong).toEqual([]);
    }
    for (const worker of workers) if (worker.terminated) worker.end();
    await settled();
    for (const seat of busy) if (seat.domain && seat.state === "busy") (seat.handle as unknown as FakeWorker).onmessage({ kind: "done", thread: seat.thread, domain: seat.domain, memory: 0 });
    expect(vacated.filter(Boolean).sort((a, b) => a - b)).toEqual(Array.from({ length: next - 1 }, (_, i) => i + 1));
  }), { seed: 20261125, numRuns: 300 });
});
