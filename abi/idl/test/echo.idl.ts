import { defineEnum, defineFlags, defineInterface, defineRecord, p } from "../dsl.ts";

export const EchoColor = defineEnum("EchoColor", "An enumeration to be echoed.", { Red: 0, Green: 1, Blue: 2 });
export const EchoFlags = defineFlags("EchoFlags", "A flag set to be echoed.", { First: 1, Second: 2, Last: 0x40000000 });

export const EchoRecord = defineRecord({
  name: "EchoRecord", doc: "A field of each scalar type, with gaps between some.", size: 48,
  fields: {
    tiny: { type: "u8", offset: 0, doc: "any" },
    yes: { type: "bool", offset: 1, doc: "any" },
    short: { type: "u16", offset: 2, doc: "any" },
    signed: { type: "i32", offset: 4, doc: "any" },
    word: { type: "u32", offset: 12, doc: "any; a gap of 4 bytes lies before it" },
    long: { type: "u64", offset: 16, doc: "any" },
    signedLong: { type: "i64", offset: 24, doc: "any" },
    last: { type: "u8", offset: 40, doc: "any; gaps of 8 and 7 bytes lie around it" },
  },
});

/** Answers with what it was sent. Tests of the generator and of the kernel, and benchmarks, call it. */
export const echo = defineInterface({
  name: "echo", number: 0xf0, doc: "Sends back what it gets: one method per shape that a message can have.",
  methods: {
    nothing: { number: 1, doc: "The empty call.", args: {}, results: {}, errors: [], replayable: true },
    scalars: { number: 2, doc: "One word of each scalar type.",
      args: { tiny: p("u8", "any"), short: p("u16", "any"), word: p("u32", "any"), signed: p("i32", "any"), long: p("u64", "any"), signedLong: p("i64", "any"), yes: p("bool", "any") },
      results: { tiny: p("u8", "as sent"), short: p("u16", "as sent"), word: p("u32", "as sent"), signed: p("i32", "as sent"), long: p("u64", "as sent"), signedLong: p("i64", "as sent"), yes: p("bool", "as sent") },
      errors: [], replayable: true },
    words: { number: 3, doc: "All eight words.",
      args: { a: p("u64", "any"), b: p("u64", "any"), c: p("u64", "any"), d: p("u64", "any"), e: p("u64", "any"), f: p("u64", "any"), g: p("u64", "any"), h: p("u64", "any") },
      results: { a: p("u64", "as sent"), b: p("u64", "as sent"), c: p("u64", "as sent"), d: p("u64", "as sent"), e: p("u64", "as sent"), f: p("u64", "as sent"), g: p("u64", "as sent"), h: p("u64", "as sent") },
      errors: [], replayable: true },
    enumerations: { number: 4, doc: "An enumeration and a flag set.", args: { color: p(EchoColor, "any"), flags: p(EchoFlags, "any") }, results: { color: p(EchoColor, "as sent"), flags: p(EchoFlags, "as sent") }, errors: [], replayable: true },
    caps: { number: 5, doc: "Four capabilities, sent back in reverse.",
      args: { first: p("cap", "any, or 0"), second: p("cap", "any, or 0"), third: p("cap", "any, or 0"), fourth: p("cap", "any, or 0") },
      results: { fourth: p("cap", "the fourth"), third: p("cap", "the third"), second: p("cap", "the second"), first: p("cap", "the first") }, errors: [], replayable: true },
    bytes: { number: 6, doc: "Bytes, as many as the caller has room for.", args: { data: p("bytes", "0–65536 bytes") }, results: { data: p("bytes", "the beginning of what was sent") }, errors: ["TooLong"], replayable: true },
    text: { number: 7, doc: "Text.", args: { text: p("string", "0–65536 bytes") }, results: { length: p("u32", "bytes that were sent"), text: p("string", "as sent") }, errors: ["TooLong"], replayable: true },
    record: { number: 8, doc: "A record.", args: { record: p(EchoRecord, "any") }, results: { record: p(EchoRecord, "as sent") }, errors: [], replayable: true },
    mixed: { number: 9, doc: "Words, capabilities and two ranges in no order; `second` is sent back after `first`.",
      args: { first: p("bytes", "0–32768 bytes"), number: p("u32", "any"), object: p("cap", "any, or 0"), second: p("string", "0–32768 bytes"), color: p(EchoColor, "any"), other: p("cap", "any, or 0") },
      results: { object: p("cap", "object"), joined: p("bytes", "first, then second"), number: p("u32", "number"), other: p("cap", "other"), color: p(EchoColor, "color") }, errors: ["TooLong"], replayable: false },
    fail: { number: 10, doc: "Fails as it is told.", args: { number: p("u32", "an error number") }, results: { never: p("u32", "never given") }, errors: ["BadArgument"], replayable: true },
    arguments: { number: 11, doc: "A method and an argument whose name JavaScript reserves.", args: { arguments: p("u32", "any") }, results: { arguments: p("u32", "as sent") }, errors: [], replayable: true },
  },
});
