import fc from "fast-check";
import { deflateSync, strToU8 } from "fflate";
import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "./base64url.ts";
import { readLink } from "../boot/read-link.ts";
import { checksum } from "./checksum.ts";
import { decodeShareLink, encodeShareLink, FRAGMENT_LIMIT, PAYLOAD_LIMIT } from "./share-link.ts";

const name = fc.stringMatching(/^[a-z0-9_.äß-]{1,12}$/).filter((text) => text !== "." && text !== "..");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
const session = fc.record({
  manifest: fc.string({ unit: "grapheme", maxLength: 200 }),
  files: fc.uniqueArray(fc.record({ path, data: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 5, selector: (file) => file.path }),
  commands: fc.array(fc.stringMatching(/^[ -~äöü€]{0,40}$/), { maxLength: 5 }),
}, { requiredKeys: ["files", "commands"] });

function fragmentOf(value: Parameters<typeof encodeShareLink>[0]): string {
  const encoded = encodeShareLink(value);
  if (!encoded.ok) throw new Error(encoded.reason);
  return encoded.fragment;
}

/** A link around any payload, with a right checksum: what a forger would make. */
function forge(payload: Uint8Array): string {
  const packed = deflateSync(payload);
  const sum = checksum(packed);
  return `#g1=${encodeBase64Url(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum, ...packed))}`;
}

function forgeHeader(header: unknown, ...files: Uint8Array[]): string {
  const text = strToU8(JSON.stringify(header));
  return forge(Uint8Array.of(0, 0, text.length >> 8, text.length, ...text, ...files.flatMap((file) => [...file])));
}

describe("a share link", () => {
  it("is looked for by the page in whatever the decoder would not call none", async () => {
    const fragment = fc.tuple(fc.constantFrom("", "#", "##"), fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^g?\d{0,3}=?.{0,8}$/))).map((parts) => parts.join(""));
    await fc.assert(fc.asyncProperty(fragment, async (text) => { expect(await readLink(text)).toEqual(decodeShareLink(text)); }), { numRuns: 1000 });
  });

  it("gives back what was put in", () => {
    fc.assert(fc.property(session, (value) => {
      const decoded = decodeShareLink(fragmentOf(value));
      expect(decoded).toEqual({ kind: "session", session: value });
    }));
  });

  it("is made of characters that need no escaping in a URL", () => {
    fc.assert(fc.property(session, (value) => { expect(fragmentOf(value)).toMatch(/^#g1=[A-Za-z0-9_-]+$/); }));
  });

  it("with any one character changed is refused with a reason", () => {
    fc.assert(fc.property(session, fc.nat(), fc.constantFrom(..."AZaz09-_!%ü"), (value, position, letter) => {
      const fragment = fragmentOf(value);
      const at = 4 + (position % (fragment.length - 4));
      fc.pre(fragment[at] !== letter);
      const decoded = decodeShareLink(fragment.slice(0, at) + letter + fragment.slice(at + 1));
      expect(decoded.kind).toBe("bad");
    }));
  });

  it("cut off anywhere is refused with a reason", () => {
    fc.assert(fc.property(session, fc.nat(), (value, position) => {
      const fragment = fragmentOf(value);
      const decoded = decodeShareLink(fragment.slice(0, 4 + (position % (fragment.length - 4))));
      expect(decoded.kind).toBe("bad");
    }));
  });

  it("of random text or bytes never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string().map((text) => `#g1=${text}`)), (text) => {
      expect(["none", "bad"]).toContain(decodeShareLink(text).kind);
    }));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => { decodeShareLink(forge(bytes)); }));
  });

  it("is not seen in an ordinary fragment", () => {
    expect(decodeShareLink("")).toEqual({ kind: "none" });
    expect(decodeShareLink("#help")).toEqual({ kind: "none" });
  });

  it("of another version says so", () => expect(decodeShareLink("#g2=AAAA")).toMatchObject({ kind: "bad", reason: /version/ }));

  it("that is too long is neither made nor opened", () => {
    let seed = 1;
    const noise = Uint8Array.from({ length: 80_000 }, () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 24);
    expect(encodeShareLink({ files: [{ path: "/noise", data: noise }], commands: [] }).ok).toBe(false);
    expect(decodeShareLink(`#g1=${"A".repeat(FRAGMENT_LIMIT)}`)).toMatchObject({ kind: "bad", reason: /65536/ });
  });

  it("that unpacks to too much is refused", () => {
    const bomb = forge(new Uint8Array(PAYLOAD_LIMIT + 1));
    expect(bomb.length).toBeLessThan(FRAGMENT_LIMIT);
    expect(decodeShareLink(bomb)).toMatchObject({ kind: "bad", reason: /unpacks/ });
  });

  it.each([
    ["a path that climbs", { f: [["/home/../etc/x", 0]] }],
    ["a relative path", { f: [["x", 0]] }],
    ["a file longer than the link", { f: [["/x", 5]] }],
    ["a negative length", { f: [["/x", -1]] }],
    ["the same file twice", { f: [["/x", 0], ["/x", 0]] }],
    ["a command of two lines", { c: ["echo a\nrm -rf /"] }],
    ["a command with an escape", { c: ["\u001b[A"] }],
    ["a manifest that is a number", { m: 7 }],
    ["a header that is a list", []],
  ])("with %s is refused", (_, header) => expect(decodeShareLink(forgeHeader(header)).kind).toBe("bad"));

  it("with bytes left over is refused", () => expect(decodeShareLink(forgeHeader({}, Uint8Array.of(1))).kind).toBe("bad"));
});
