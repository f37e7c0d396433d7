import { defineObject } from "../dsl.ts";

export const thread = defineObject({
  name: "thread",
  doc: "A schedulable activity, run by one Worker. Its control block holds the message registers and the word it parks on. A domain's first thread is made by domainStart; these calls concern the caller's own thread.",
  rights: {},
  calls: {
    monotonic: { errors: [] },
    wallClock: { errors: [] },
    log: { errors: ["Fault", "TooLong"] },
  },
});
