// Every client speaks with every server: values that go in at a stub of one language come out of a dispatch of either, and back.
import fc from "fast-check";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import * as generated from "../generated/ts/index.ts";
import type { Incoming, Outcome } from "../../lib/ts/kernel.ts";
import { RANGE_LIMIT } from "../layout/limits.ts";
import { loadDefinitions } from "./load.ts";
import type { InterfaceModel, MethodModel } from "./model.ts";
import { buildModel, isRecord, of } from "./model.ts";
import { kebab, pascal } from "./naming.ts";
import { callAssembly } from "./test/assembly-client.ts";
import { AssemblyModule } from "./test/assembly-module.ts";
import { compileAssembly, root } from "./compile.ts";
import { echoHandlers } from "./test/echo.ts";
import { loopback } from "./test/loopback.ts";
import { arbitraryOf } from "./test/values.ts";

const model = buildModel(await loadDefinitions(join(root, "abi/idl"), ["server", "test"]));
const all = generated as unknown as Record<string, never>;
type Results = Record<string, unknown>;
type Client = Record<string, (...args: unknown[]) => Results>;
type Handlers = Record<string, (context: generated.CallContext, ...args: unknown[]) => Results | "deferred">;
type Dispatch = (handlers: Handlers, incoming: Incoming) => Outcome;

function dispatchOf(each: InterfaceModel): Dispatch { return all[`dispatch${pascal(each.name)}`] as unknown as Dispatch; }
function clientOf(each: InterfaceModel, kernel: ReturnType<typeof loopback>, cap: number): Client {
  const constructor = all[`${pascal(each.name)}Client`] as unknown as new (kernel: unknown, cap: number) => Client;
  return new constructor(kernel, cap);
}
function inOrder(method: MethodModel, args: Results): unknown[] { return method.args.map((each) => args[each.name]); }

let assembly: AssemblyModule;
beforeAll(async () => {
  const clients = model.interfaces.map((each) => `abi/generated/assembly/client/${kebab(each.name)}.ts`);
  assembly = new AssemblyModule(await compileAssembly([...clients, "abi/gen/test/assembly/generated/echo-dispatch.ts"]));
});

describe.each(model.interfaces)("$name", (each) => {
  it.each(each.methods)("$name carries its arguments and results", async (method) => {
    const capacity = 100000 > RANGE_LIMIT ? RANGE_LIMIT : 100000, cap = 7;
    await fc.assert(fc.asyncProperty(arbitraryOf(method.args), arbitraryOf(method.results), async (args, results) => {
      const seen: unknown[][] = [];
      const handlers: Handlers = { [method.name]: (context, ...values) => { expect(context.badge).toBe(cap); seen.push(values); return { error: 0, ...results }; } };
      const serve = (incoming: Incoming): Outcome => dispatchOf(each)(handlers, incoming);
      const client = clientOf(each, loopback(serve), cap);
      assembly.serve = serve;
      const values = inOrder(method, args), expected = { error: 0, ...results };
      expect(client[method.name]!(...values)).toEqual(expected);
      expect(await client[`${method.name}Async`]!(...values)).toEqual(expected);
      expect(callAssembly(assembly, each, method, cap, args, capacity)).toEqual(expected);
      expect(seen).toEqual([values, values, values]);
    }), { numRuns: 25 });
  });

  it.each(each.methods)("$name carries errors", (method) => {
    fc.assert(fc.property(arbitraryOf(method.args), fc.constantFrom(...Object.values(generated.Errors)), (args, error) => {
      const serve = (incoming: Incoming): Outcome => dispatchOf(each)({ [method.name]: () => ({ error }) }, incoming);
      assembly.serve = serve;
      expect(clientOf(each, loopback(serve), 1)[method.name]!(...inOrder(method, args))).toEqual({ error });
      expect(callAssembly(assembly, each, method, 1, args, RANGE_LIMIT)).toEqual({ error });
    }), { numRuns: 10 });
  });

  it("refuses every other shape, and other methods, without calling a handler", () => {
    const handlers: Handlers = new Proxy({}, { get: () => () => { throw new Error("a handler was called"); } });
    for (const method of each.methods) {
      const right = [of(method.args, "word").length, of(method.args, "cap").length, of(method.args, "range").length];
      for (let words = 0; words <= 8; words++) for (let caps = 0; caps <= 4; caps++) for (let ranges = 0; ranges <= 2; ranges++) {
        if (words === right[0] && caps === right[1] && ranges === right[2]) continue;
        expect(dispatchOf(each)(handlers, message(method.label, words, caps, ranges)).status).toBe(-generated.Errors.BadMessage);
      }
    }
    for (let number = 0; number < 256; number++) {
      if (each.methods.some((method) => method.number === number)) continue;
      expect(dispatchOf(each)(handlers, message(each.number * 256 + number, 0, 0, 0)).status).toBe(-generated.Errors.BadMethod);
    }
    expect(dispatchOf(each)(handlers, message((each.number ^ 1) * 256 + each.methods[0]!.number, 0, 0, 0)).status).toBe(-generated.Errors.BadMethod);
  });
});

function message(label: number, words: number, caps: number, ranges: number): Incoming {
  return { status: 0, label, badge: 0, rights: 31, reply: 1, room: RANGE_LIMIT, words: Array(words).fill(0n), caps: Array(caps).fill(0), ranges: Array.from({ length: ranges }, () => new Uint8Array(3)) };
}

const echo = model.interfaces.find((each) => each.name === "echo")!;

describe("the echo server in AssemblyScript", () => {
  const serve = (incoming: Incoming, receives: boolean): Outcome => assembly.dispatch("dispatchEcho", incoming, receives);

  it.each(echo.methods)("answers $name as the one in TypeScript does, to clients of both languages", (method) => {
    const receives = of(method.results, "range").length > 0;
    fc.assert(fc.property(arbitraryOf(method.args), fc.integer({ min: 0, max: RANGE_LIMIT }), (args, room) => {
      const capacity = of(method.results, "range").some((each) => !isRecord(each.type)) ? [room] : [];
      if (method.name === "text") capacity[0] = RANGE_LIMIT;
      const values = [...inOrder(method, args), ...capacity];
      const reference = clientOf(echo, loopback((incoming) => generated.dispatchEcho(echoHandlers, incoming) as Outcome), 3)[method.name]!(...values);
      expect(clientOf(echo, loopback(serve), 3)[method.name]!(...values)).toEqual(reference);
      assembly.serve = (incoming) => serve(incoming, receives);
      expect(callAssembly(assembly, echo, method, 3, args, capacity[0] ?? 0)).toEqual(reference);
    }), { numRuns: 60 });
  });

  it("refuses every other shape, and other methods", () => {
    for (const method of echo.methods) {
      const right = [of(method.args, "word").length, of(method.args, "cap").length, of(method.args, "range").length, of(method.results, "range").length];
      for (let words = 0; words <= 8; words++) for (let caps = 0; caps <= 4; caps++) for (let ranges = 0; ranges <= 2; ranges++) for (const receives of [0, 1]) {
        if ([words, caps, ranges, receives].every((count, i) => count === right[i]) && method.name !== "record") continue;
        expect(serve(message(method.label, words, caps, ranges), receives === 1).status).toBe(-generated.Errors.BadMessage);
      }
    }
    for (let number = 12; number < 256; number++) expect(serve(message(0xf000 + number, 0, 0, 0), false).status).toBe(-generated.Errors.BadMethod);
  });

  it("answers a deferred call with the same registers", () => {
    assembly.scramble();
    assembly.replies.length = 0;
    assembly.exports.reply_scalars!(9, 1, 2, 3, -4, 5n, -6n, 1);
    expect(assembly.replies).toEqual([{ slot: 9, status: 0, shape: 7 }]);
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => assembly.get(`w${i}`))).toEqual([1n, 2n, 3n, -4n, 5n, -6n, 1n]);
  });
});

describe("stubs refuse before they call", () => {
  const never = loopback(() => { throw new Error("the call was made"); });
  const long = RANGE_LIMIT + 1;

  it("ranges that are too long", () => {
    assembly.serve = () => { throw new Error("the call was made"); };
    const client = new generated.EchoClient(never, 1);
    expect(client.bytes(new Uint8Array(long))).toEqual({ error: generated.Errors.TooLong });
    expect(client.text("é".repeat(RANGE_LIMIT / 2) + "e")).toEqual({ error: generated.Errors.TooLong });
    for (const length of [long, -1, 0x7fffffff]) expect(assembly.exports.echo_bytes!(1, 1024, length, 1024, 0)).toBe(-generated.Errors.TooLong);
  });

  it("buffers that no answer may fill, or that a record does not fit in", () => {
    assembly.serve = () => { throw new Error("the call was made"); };
    const client = new generated.EchoClient(never, 1);
    for (const capacity of [long, -1, NaN]) expect(client.bytes(new Uint8Array(1), capacity)).toEqual({ error: generated.Errors.BadArgument });
    for (const capacity of [long, -1]) expect(assembly.exports.echo_bytes!(1, 1024, 1, 1024, capacity)).toBe(-generated.Errors.BadArgument);
    expect(assembly.exports.echo_record!(1, 1024, 1024, 47)).toBe(-generated.Errors.BadArgument);
  });

  it("and take an answer that lacks what the method promises for a bad message", () => {
    for (const outcome of [{ status: 0 }, { status: 0, words: [1] }, { status: 0, words: [1, 2], caps: [1] }]) {
      expect(new generated.EchoClient(loopback(() => outcome), 1).mixed(new Uint8Array(1), 1, 1, "", 0, 1)).toEqual({ error: generated.Errors.BadMessage });
    }
    expect(new generated.FileClient(loopback(() => ({ status: 0, data: new Uint8Array(79) })), 1).stat()).toEqual({ error: generated.Errors.BadMessage });
  });

  it("dispatch takes text that is no UTF-8 for a bad argument", () => {
    const incoming = { ...message(generated.Labels.echo.text, 0, 0, 1), ranges: [new Uint8Array([0xff, 0x41])] };
    expect(generated.dispatchEcho(echoHandlers, incoming)).toEqual({ status: -generated.Errors.BadArgument });
  });
});
