import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomClient } from "../../abi/generated/ts/client/random.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { chachaBlock, SeededGenerator } from "./generator.ts";
import { RandomServer } from "./random-server.ts";

function start(seed: string): { machine: FakeMachine; random: RandomClient; fuzz: () => void } {
  const machine = new FakeMachine(), kernel = machine.domain("random"), client = machine.domain("client"), generator = new SeededGenerator(seed);
  const server = new RandomServer(kernel, (bytes) => generator.fill(bytes)), endpoint = kernel.endpointCreate();
  machine.attach(kernel, endpoint, (incoming) => handle(kernel, server, incoming));
  return { machine, random: new RandomClient(client, machine.grant(kernel, endpoint, client, 7)), fuzz: () => fuzzDispatch(kernel, server, [0x33]) };
}

describe("the random server", () => {
  it("gives as many bytes as asked for, 1 to 65536", () => {
    const { random } = start("x");
    for (const length of [1, 63, 64, 65, 65536]) expect(random.bytes(length)).toMatchObject({ error: 0, data: { length } });
    for (const length of [0, 65537, 2 ** 32 - 1]) expect(random.bytes(length).error).toBe(errorNumber("BadArgument"));
  });

  it("gives the same bytes for the same seed, however they are asked for, and others for another", () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }), (seed, lengths) => {
      const total = lengths.reduce((sum, length) => sum + length, 0);
      const { random } = start(seed), whole = new Uint8Array(total);
      new SeededGenerator(seed).fill(whole);
      const parts = lengths.flatMap((length) => { const result = random.bytes(length); return result.error ? [] : [...result.data]; });
      expect(parts).toEqual([...whole]);
    }));
    const one = new Uint8Array(32), other = new Uint8Array(32);
    new SeededGenerator("one").fill(one);
    new SeededGenerator("other").fill(other);
    expect(one).not.toEqual(other);
  });

  it("computes the block of RFC 8439, section 2.3.2", () => {
    const key = new Uint32Array(Uint8Array.from({ length: 32 }, (_, index) => index).buffer);
    const block = chachaBlock(key, 1, [0x09000000, 0x4a000000, 0]);
    expect(Buffer.from(block.subarray(0, 16)).toString("hex")).toBe("10f1e7e4d13b5915500fdd1fa32071c4");
  });

  it("survives any message", () => start("x").fuzz());
});
