import { defineObject } from "../dsl.ts";

export const reply = defineObject({
  name: "reply",
  doc: "The right to answer one call, once. While a server handles a call it is implicit (slot 0); saveReply makes a capability of it. If the server dies first, the caller gets PeerDied.",
  rights: { Write: "answer, and move the call's data" },
  calls: {
    reply: { errors: ["BadArgument", "Canceled"] },
    replyAndReceive: { doc: "Answer the current call and wait for the next message on the endpoint, in one step: what a server's loop does.", needs: "Receive on the endpoint", errors: ["NoRight", "BadArgument"], waits: true },
    saveReply: { errors: ["QuotaExceeded"] },
    fetch: { errors: ["BadArgument", "Fault", "Canceled"] },
    deliver: { errors: ["BadArgument", "Fault", "Canceled"] },
  },
});
