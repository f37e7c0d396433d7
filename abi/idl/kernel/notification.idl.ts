import { defineObject } from "../dsl.ts";

export const notification = defineObject({
  name: "notification",
  doc: "A word of 64 signal bits. Signalling never waits and loses nothing but count; timers and device interrupts arrive this way.",
  rights: { Write: "signal", Receive: "wait, and bind it to an endpoint", Grant: "pass the capability on in messages" },
  calls: {
    notificationCreate: { doc: "A new notification, no bit set, with all rights; its slot.", errors: ["QuotaExceeded", "NoMemory"] },
    signal: { doc: "Set bits; wakes a waiter.", needs: "Write on the notification", errors: ["NoRight"] },
    wait: { needs: "Receive on the notification", errors: ["NoRight", "WouldBlock"], waits: true },
    notificationBind: { needs: "Receive on the notification and on the endpoint", errors: ["NoRight", "BadArgument"] },
  },
});
