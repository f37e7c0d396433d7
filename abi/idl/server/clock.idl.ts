import { defineInterface, p } from "../dsl.ts";

export const clock = defineInterface({
  name: "clock", number: 0x32, doc: "Time. (Sleeping needs no server: `wait` with a timeout.)",
  methods: {
    now: { number: 1, doc: "Wall clock and monotonic clock.", args: {}, results: { wall: p("u64", "ns since 1970"), monotonic: p("u64", "ns since boot") }, errors: [], replayable: true },
    alarm: { number: 2, doc: "Signal a notification after a time.", args: { delay: p("u64", "ns"), bits: p("u64", "bits to signal"), notify: p("cap", "Notification") }, results: { alarm: p("u32", "its number") }, errors: ["TooManyOpen"], replayable: false },
    cancel: { number: 3, doc: "Cancel an alarm.", args: { alarm: p("u32", "number") }, results: {}, errors: ["NotFound"], replayable: true },
  },
});

export const random = defineInterface({
  name: "random", number: 0x33, doc: "Random bytes: from the browser's generator, or from a seed in deterministic mode.",
  methods: { bytes: { number: 1, doc: "Random bytes.", args: { length: p("u32", "1–65536") }, results: { data: p("bytes", "length bytes") }, errors: ["BadArgument"], replayable: true } },
});
