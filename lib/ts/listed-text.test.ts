// Texts that come in parts: the same however they are cut, whatever their bytes.

import fc from "fast-check";
import { expect, it } from "vitest";
import { readListed } from "./listed-text.ts";
import { encodeText } from "./text.ts";

/** A server that gives the bytes in parts of the lengths that come by turns. */
const inParts = (bytes: Uint8Array, lengths: readonly number[], error = (_: number): number => 0) => {
  let turn = 0;
  return (position: bigint) => {
    const from = Number(position), failed = error(turn);
    if (failed) return { error: failed } as never;
    return { error: 0 as const, text: bytes.subarray(from, from + lengths[turn++ % lengths.length]!) };
  };
};

const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: "grapheme", maxLength: 20 }).map(encodeText)), lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

it("are the same however they are cut: encoded again they are the bytes that were given", () => {
  fc.assert(fc.property(bytes, lengths, (given, cuts) => {
    const listed = readListed(inParts(given, cuts));
    expect(listed).toEqual(readListed(inParts(given, [given.length + 1])));
    expect([listed.error, [...encodeText(listed.text)]]).toEqual([0, [...given]]);
  }));
});

it("keep each character, also one that lies in two parts", () => {
  for (let cut = 1; cut < 5; cut++) expect(readListed(inParts(encodeText("ä→🎁\n"), [cut]))).toEqual({ error: 0, text: "ä→🎁\n" });
});

it("that end with an error are what came before it", () => {
  expect(readListed(inParts(encodeText("abcdef"), [2], (turn) => turn === 2 ? 5 : 0))).toEqual({ error: 5, text: "abcd" });
});
