import { defineObject } from "../dsl.ts";

export const system = defineObject({
  name: "system",
  doc: "Introspection and administration of the whole machine: what ps, caps, place and trace use. Held by init and by sessions that may administer; offered to TypeScript only.",
  rights: { Read: "look", Manage: "change" },
  calls: {
    domains: { doc: "All domains that are in use.", errors: [] },
    caps: { doc: "The capability table of a domain.", errors: [] },
    counts: { doc: "Objects of each kind that exist: what leak checks compare.", errors: [] },
    callCounts: { doc: "Calls since boot, by caller, server and label.", errors: [] },
    setName: { doc: "Name a domain for people to read.", needs: "Manage", errors: ["NoRight", "TooLong"] },
    kill: { needs: "Manage", errors: ["NoRight", "BadArgument", "PeerDied"] },
    place: { needs: "Manage", errors: ["NoRight", "NotSupported", "BadArgument", "PeerDied"] },
    setTrace: { doc: "Switch tracing on or off.", needs: "Manage", errors: ["NoRight"] },
    trace: { errors: [] },
  },
});
