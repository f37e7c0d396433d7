import { defineObject } from "../dsl.ts";

export const dataspace = defineObject({
  name: "dataspace",
  doc: "A memory object in pages of 4096 bytes, each absent or present. Reading and writing are system calls, since WebAssembly has no page faults; absent pages are asked of a pager, if there is one, and read as zeros otherwise. As an MMU does, the kernel marks pages that were referenced and pages that were written (dirty), for the pager to clear, to write back and to reclaim.",
  rights: { Read: "read, and run as a program", Write: "write within the size", Manage: "resize, supply, look at and clear marks, reclaim, evict, set the pager", Grant: "pass the capability on in messages" },
  calls: {
    dataspaceCreate: { errors: ["QuotaExceeded", "NoMemory", "BadArgument"] },
    dataspaceRead: { needs: "Read on the dataspace", errors: ["NoRight", "BadArgument", "Fault", "WouldDeadlock", "TryAgain"], waits: true },
    dataspaceWrite: { needs: "Write on the dataspace", errors: ["NoRight", "BadArgument", "Fault", "NoMemory", "QuotaExceeded", "WouldDeadlock", "TryAgain"], waits: true },
    dataspaceResize: { needs: "Manage on the dataspace", errors: ["NoRight", "TooLarge", "BadArgument"] },
    dataspaceInfo: { errors: [] },
    dataspaceSetPager: { needs: "Manage on the dataspace", errors: ["NoRight"] },
    dataspaceEvict: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument"] },
    dataspaceSupply: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument", "Fault", "NoMemory", "QuotaExceeded"] },
    dataspaceMarks: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument"] },
    dataspaceNextDirty: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument", "NotFound"] },
    dataspaceReclaim: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument"] },
  },
});
