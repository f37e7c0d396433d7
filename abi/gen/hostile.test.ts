// A dispatch stands at a protection boundary: no message, however wrong, makes it throw or answer what is no status.
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Incoming } from "../../lib/ts/kernel.ts";
import { dispatchEcho } from "../generated/ts/server/echo.ts";
import { errorName } from "../generated/ts/errors.ts";
import { AssemblyModule } from "./test/assembly-module.ts";
import { compileAssembly } from "./compile.ts";
import { echoHandlers } from "./test/echo.ts";

const word = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -2n, max: 300n }));
const messages: fc.Arbitrary<Incoming> = fc.record({
  status: fc.constant(0), label: fc.oneof(fc.integer({ min: 0xf000, max: 0xf010 }), fc.integer()), badge: fc.integer(), rights: fc.integer({ min: 0, max: 31 }), reply: fc.constant(1),
  words: fc.array(word, { maxLength: 8 }), caps: fc.array(fc.integer(), { maxLength: 4 }),
  ranges: fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 48, maxLength: 48 })), { maxLength: 2 }), room: fc.integer({ min: 0, max: 100 }),
}, { noNullPrototype: true });

function isStatus(status: number): boolean { return status === 0 || (status < 0 && status >= -255); }

let assembly: AssemblyModule;
beforeAll(async () => { assembly = new AssemblyModule(await compileAssembly(["abi/gen/test/assembly/generated/echo-dispatch.ts"])); });

it("in TypeScript", () => {
  fc.assert(fc.property(messages, (message) => {
    const outcome = dispatchEcho(echoHandlers, message);
    expect(outcome !== "deferred" && isStatus(outcome.status)).toBe(true);
  }), { numRuns: 3000 });
});

it("in AssemblyScript, which carries no registers in an answer that failed", () => {
  fc.assert(fc.property(messages, fc.boolean(), (message, receives) => {
    const { status, words, caps } = assembly.dispatch("dispatchEcho", message, receives);
    expect(isStatus(status)).toBe(true);
    if (status < 0) expect([words, caps]).toEqual([[], []]);
  }), { numRuns: 3000 });
});

it("and its refusals are errors of the list", () => {
  for (const label of [0, 0xf000, 0xf006, 0xf0ff, -1]) {
    const outcome = dispatchEcho(echoHandlers, { status: 0, label, badge: 0, rights: 0, reply: 1, words: [], caps: [], ranges: [], room: 0 });
    expect(errorName((outcome as { status: number }).status)).toMatch(/^Bad(Method|Message)$/);
  }
});
