// Random messages at a server's endpoints: any label, shape, words, lengths, capabilities and badges.
//
//   const counts = fuzzServer(machine, [pipe, file], (client) => [machine.give(client, server)], runs)
//
// A trap throws out of the call. Each run has a client of its own, which is killed in the end with whatever it still holds or
// waits for; the test then checks for leaks.

import fc from "fast-check";
import { cache, volume } from "../../abi/idl/server/cache.idl.ts";
import { directory } from "../../abi/idl/server/directory.idl.ts";
import type { Interface, Type } from "../../abi/idl/dsl.ts";
import { fileSystem } from "../../abi/idl/server/file-system.idl.ts";
import { file } from "../../abi/idl/server/file.idl.ts";
import { names } from "../../abi/idl/server/names.idl.ts";
import { pipe } from "../../abi/idl/server/pipe.idl.ts";
import type { Outgoing } from "../ts/kernel.ts";
import type { Domain, FakeMachine } from "./fake-machine.ts";

const interfaces: readonly Interface[] = [directory, fileSystem, file, names, pipe, cache, volume];
interface Shape { words: number; caps: number; sends: number; receives: boolean }
const isRange = (type: Type): boolean => type === "bytes" || type === "string" || (typeof type === "object" && type.kind === "record");
/** By label: what a message of each method carries. */
const shapes = new Map<number, Shape>(interfaces.flatMap((each) => Object.values(each.methods).map((method): [number, Shape] => {
  const types = Object.values(method.args).map(({ type }) => type);
  return [each.number * 256 + method.number, {
    words: types.filter((type) => type !== "cap" && !isRange(type)).length, caps: types.filter((type) => type === "cap").length,
    sends: types.filter(isRange).length, receives: Object.values(method.results).some(({ type }) => isRange(type)),
  }];
})));

const interesting = [0n, 1n, 2n, 3n, 7n, 255n, 256n, 4095n, 4096n, 65535n, 65536n, 1n << 31n, (1n << 32n) - 1n, 1n << 36n, (1n << 36n) + 1n, 1n << 62n, (1n << 63n) - 1n, -1n, -2n, -(1n << 63n)];
const word = fc.oneof(fc.constantFrom(...interesting), { weight: 4, arbitrary: fc.bigInt({ min: -1n, max: 12n }) }, fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }));
const text = fc.oneof(fc.constantFrom("", "/", ".", "..", "a", "b/..", "a/b", "/a", "../..", "a//", "b", "c", "x".repeat(255), "x".repeat(256), "/x".repeat(2048), "a\0b"), fc.string({ maxLength: 20 })).map((value) => new TextEncoder().encode(value));
const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 64 }), fc.constantFrom(4096, 65536).map((length) => new Uint8Array(length)));

interface Message { target: number; label: number; words: bigint[]; caps: number[]; send: Uint8Array[]; receive: number | undefined }

/** Messages, most of them to the given interfaces. */
const messageTo = (families: readonly number[]): fc.Arbitrary<Message> => fc.record({
  target: fc.nat({ max: 15 }),
  label: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...[...shapes.keys()].filter((label) => families.includes(label >> 8))) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...families), fc.nat({ max: 255 })).map(([family, method]) => family * 256 + method) },
    { weight: 1, arbitrary: fc.constantFrom(...shapes.keys()) }, { weight: 1, arbitrary: fc.integer() }, { weight: 1, arbitrary: fc.nat({ max: 5 }) },
  ),
  words: fc.array(word, { minLength: 2, maxLength: 4 }),
  caps: fc.oneof({ weight: 3, arbitrary: fc.constant<number[]>([]) }, fc.array(fc.nat({ max: 15 }), { maxLength: 4 })),
  send: fc.array(bytes, { maxLength: 2 }),
  receive: fc.oneof(fc.constant(undefined), fc.constantFrom(0, 1, 23, 64, 80, 4096, 65536)),
});

/** Send random messages; the counts of calls by outcome show that the fuzz gets somewhere. */
export function fuzzServer(machine: FakeMachine, families: readonly Interface[], grant: (client: Domain) => number[], runs: number): { succeeded: number; failed: number; waiting: number } {
  const counts = { succeeded: 0, failed: 0, waiting: 0 };
  fc.assert(fc.property(fc.array(messageTo(families.map(({ number }) => number)), { maxLength: 40, size: "max" }), fc.nat({ max: 3 }), (messages, shaped) => {
    const client = machine.addClient("fuzz");
    const given = grant(client);
    const others = [0, client.kernel.notificationCreate(), client.kernel.dataspaceCreate(8192n)];
    const made: number[] = [];
    for (const each of messages) {
      const slots = [...given, ...made.slice(-8)];
      const answer = client.kernel.tryCall(slots[each.target % slots.length]!, each.label, outgoing(each, shaped ? shapes.get(each.label) : undefined, [...others, ...slots]));
      if (answer === "waiting") counts.waiting++;
      else if (answer.status < 0) counts.failed++;
      else {
        counts.succeeded++;
        made.push(...answer.caps.filter((cap) => cap > 0));
      }
    }
    machine.kill(client);
  }), { numRuns: runs });
  return counts;
}

/** The message as it is, or bent into the shape that a method wants, so that it gets past the first check. */
function outgoing({ words, caps, send, receive }: Message, shape: Shape | undefined, slots: number[]): Outgoing {
  const cap = (n: number): number => slots[n % slots.length]!;
  if (!shape) return { words, caps: caps.map(cap), send, ...(receive === undefined ? {} : { receive }) };
  return {
    words: Array.from({ length: shape.words }, (_, i) => words[i] ?? 0n),
    caps: Array.from({ length: shape.caps }, (_, i) => cap(caps[i] ?? i)),
    send: Array.from({ length: shape.sends }, (_, i) => send[i] ?? new Uint8Array([97 + i])),
    ...(shape.receives ? { receive: receive ?? 4096 } : {}),
  };
}
