// Random messages for a server's dispatch: any label (mostly of its interfaces), any words, capabilities of several kinds or none, any ranges, any
// badge. Whatever comes, a dispatch returns an outcome with a status from the closed list (or "deferred") and does not throw.

import fc from "fast-check";
import { expect } from "vitest";
import { errors } from "../../../abi/idl/errors.ts";
import { RIGHT_ALL } from "../../../abi/layout/limits.ts";
import type { Incoming } from "../kernel.ts";
import type { Server } from "../serve.ts";
import type { FakeKernel } from "./fake-kernel.ts";
import { emptyAnswer, FakeCap, FakeReply } from "./fake-objects.ts";

const STATUSES: ReadonlySet<number> = new Set([0, ...Object.values(errors).map((each) => -each.number)]);
const word = fc.oneof(fc.bigInt({ min: -1n << 63n, max: (1n << 63n) - 1n }), fc.bigInt({ min: -4n, max: 300n }));
const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((each) => new TextEncoder().encode(each));
const range = fc.oneof(fc.uint8Array({ maxLength: 120 }), text, fc.constant(new Uint8Array(65536)));
const message = (interfaces: readonly number[]): fc.Arbitrary<Omit<Incoming, "caps" | "reply"> & { kinds: number[]; asked: boolean }> => fc.record({
  status: fc.constant(0),
  label: fc.oneof({ weight: 8, arbitrary: fc.tuple(fc.constantFrom(...interfaces), fc.integer({ min: 0, max: 24 })).map(([number, method]) => number * 256 + method) },
    { weight: 1, arbitrary: fc.nat(0xffff) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 }) }),
  badge: fc.oneof(fc.nat(8), fc.nat()), rights: fc.nat(RIGHT_ALL),
  words: fc.array(word, { maxLength: 8 }), kinds: fc.array(fc.nat(4), { maxLength: 4 }), ranges: fc.array(range, { maxLength: 2 }),
  room: fc.oneof(fc.constantFrom(0, 24, 80, 256, 65536), fc.nat(500)), asked: fc.boolean(),
});

/** Runs `runs` messages, in sequences, against `server` in the domain of `kernel`. `afterwards` runs after each sequence (drain queues, check invariants). */
export function fuzzDispatch(kernel: FakeKernel, server: Server, interfaces: readonly number[], runs = 400, afterwards: () => void = () => {}): void {
  const { machine } = kernel;
  const caller = machine.domain("fuzzer");
  fc.assert(fc.property(fc.array(message(interfaces), { minLength: 1, maxLength: 30 }), (messages) => {
    for (const { kinds, asked, ...rest } of messages) {
      const caps = kinds.map((kind) => [() => 0, () => kernel.notificationCreate(), () => kernel.dataspaceCreate(100n), () => kernel.endpointCreate(), () => machine.grantSystem(kernel)][kind]!());
      const reply = asked ? kernel.install(new FakeCap(machine.add(new FakeReply(caller.domain, rest.room, () => emptyAnswer(0))), RIGHT_ALL, 0, undefined)) : 0;
      const incoming: Incoming = { ...rest, caps, reply };
      server.custody.begin(incoming);
      const outcome = server.dispatch(incoming);
      server.custody.end();
      if (outcome === "deferred") continue;
      expect(STATUSES).toContain(outcome.status);
      expect((outcome.data ?? []).length).toBeLessThanOrEqual(rest.room);
      for (const slot of outcome.caps ?? []) if (slot) kernel.capDelete(slot);
      if (reply) kernel.capDelete(reply);
    }
    afterwards();
  }), { numRuns: runs });
}
