import { defineObject } from "../dsl.ts";

export const capability = defineObject({
  name: "capability",
  doc: "The only authority: a reference to an object, with rights and a badge, in a slot of a domain's own table. Others name it by its slot only. Slot 0 is none.",
  rights: { Grant: "carry it in a message" },
  calls: {
    capMint: { errors: ["NoRight", "QuotaExceeded"] },
    capCopy: { doc: "A second capability with the same rights and badge; its slot.", errors: ["QuotaExceeded"] },
    capMove: { errors: ["BadArgument", "QuotaExceeded"] },
    capDelete: { doc: "Empty the slot. With the last capability to it an object goes; other copies are not touched.", errors: [] },
    capRevoke: { errors: [] },
    capInfo: { errors: [] },
    capWatch: { errors: ["BadArgument"] },
    capGrant: { needs: "Manage on the domain", errors: ["NoRight", "QuotaExceeded", "BadArgument", "PeerDied"] },
  },
});
