import { defineObject } from "../dsl.ts";

export const domain = defineObject({
  name: "domain",
  doc: "A protection domain: a capability table, its memories, its quotas and its fault endpoint. A program or a server is one.",
  rights: { Manage: "start, kill, suspend and resume it, and give it capabilities" },
  calls: {
    domainCreate: { errors: ["BadArgument", "TryAgain", "QuotaExceeded"] },
    domainStart: { needs: "Manage on the domain, Read on the Dataspace", errors: ["NoRight", "BadArgument", "PeerDied"] },
    domainKill: { doc: "Kill the domain: whoever waits on it gets PeerDied, and everything it holds is taken back.", needs: "Manage on the domain", errors: ["NoRight"] },
    domainSuspend: { doc: "Stop its threads at their next poll point or system call; one that was started begins so if no Worker runs it yet.", needs: "Manage on the domain", errors: ["NoRight", "BadArgument", "PeerDied"] },
    domainResume: { doc: "Let a suspended domain go on.", needs: "Manage on the domain", errors: ["NoRight", "BadArgument", "PeerDied"] },
    exit: { errors: [] },
  },
});
