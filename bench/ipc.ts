// What calling another domain costs, between Workers and inline, against what the platform offers without a kernel.

import { JOB_COPY, JOB_RANGES, JOB_WORDS } from "./assembly/labels.ts";
import { benchmark } from "./benchmark.ts";
import { EchoSystem } from "./echo-system.ts";
import { Peers } from "./peers.ts";
import { PlainCalls } from "./plain-calls.ts";
import { Rounds } from "./rounds.ts";

const TRIPS = 400, MESSAGES = 150;
const CALLS = 200_000, COPIES = 30_000;
const WARM = 5;

export default benchmark({
  name: "ipc",
  describe: "A call and its reply between two domains, in two Workers and inline, with four words and with 4 KiB each way.",

  async setup(bench) {
    const [system, peers, plain] = await Promise.all([EchoSystem.start(bench), Peers.start(bench), PlainCalls.start(bench)]);
    return { system, peers, plain };
  },

  async run({ system, peers, plain }, bench) {
    const rounds = new Rounds();
    bench.say("calls between Workers");
    system.place("worker");
    await rounds.take({
      worker_call: async () => await system.run(JOB_WORDS, TRIPS) / 1000,
      floor_wasm: () => peers.roundTrip("wasm", TRIPS),
      floor_javascript: () => peers.roundTrip("javascript", TRIPS),
      post_message: () => peers.roundTrip("post-message", MESSAGES),
      comlink: () => peers.roundTrip("comlink", MESSAGES),
    }, 60, WARM);
    bench.say("inline calls");
    system.place("inline");
    await rounds.take({
      inline_call: () => system.run(JOB_WORDS, CALLS),
      plain_call: async () => plain.run(CALLS),
      inline_4k_each_way: () => system.run(JOB_RANGES, COPIES),
      two_copies_4k: () => system.run(JOB_COPY, COPIES),
    }, 60, WARM);

    const us = ["worker_call", "floor_wasm", "floor_javascript", "post_message", "comlink"], ns = ["inline_call", "plain_call", "inline_4k_each_way", "two_copies_4k"];
    const metrics = Object.fromEntries([...us.map((name) => [name, rounds.metric(name, "µs")]), ...ns.map((name) => [name, rounds.metric(name, "ns")])]);
    // The floor is whatever the platform does best.
    const floor = metrics.floor_wasm!.median <= metrics.floor_javascript!.median ? "floor_wasm" : "floor_javascript";
    const copies = rounds.of("two_copies_4k"), calls = rounds.of("inline_call");
    return {
      metrics,
      ratios: {
        worker_over_floor: rounds.ratio("worker_call", floor),
        postmessage_over_worker: rounds.ratio("post_message", "worker_call"),
        comlink_over_worker: rounds.ratio("comlink", "worker_call"),
        inline_over_wasm_call: rounds.ratio("inline_call", "plain_call"),
        range_copy_4k_over_memcpy: rounds.ratio("inline_4k_each_way", (round) => copies[round]! + calls[round]!),
      },
    };
  },

  async teardown({ system, peers, plain }) {
    peers.stop();
    plain.stop();
    await system.stop();
  },
});
