import { defineObject } from "../dsl.ts";

export const endpoint = defineObject({
  name: "endpoint",
  doc: "Where calls rendezvous. Servers receive on it; a capability to it carries a badge, by which the server knows whom, or which of its own objects, a call is about.",
  rights: { Write: "call and send", Receive: "receive, and bind notifications", Grant: "pass the capability on in messages" },
  calls: {
    endpointCreate: { doc: "A new endpoint, with all rights and badge 0; its slot.", errors: ["QuotaExceeded", "NoMemory"] },
    call: { needs: "Write on the endpoint, Grant on the capabilities sent", errors: ["NoRight", "BadMessage", "TooLong", "Fault", "WouldDeadlock"], waits: true },
    callTimed: { needs: "Write on the endpoint, Grant on the capabilities sent", errors: ["NoRight", "BadMessage", "TooLong", "Fault", "WouldDeadlock"], waits: true },
    relay: { needs: "Write on the endpoint, Grant on the capabilities sent; a call that is being answered", errors: ["BadMessage", "WouldDeadlock"], waits: true },
    send: { needs: "Write on the endpoint, Grant on the capabilities sent", errors: ["NoRight", "BadMessage", "WouldBlock"], waits: true },
    receive: { needs: "Receive on the endpoint", errors: ["NoRight", "WouldBlock", "BadArgument"], waits: true },
  },
});
