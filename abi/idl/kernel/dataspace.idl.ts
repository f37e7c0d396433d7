import { defineObject } from "../dsl.ts";

export const dataspace = defineObject({
  name: "dataspace",
  doc: "A memory object in pages of 4096 bytes, each absent or present. Reading and writing are system calls, since WebAssembly has no page faults; absent pages are asked of a pager, if there is one, and read as zeros otherwise.",
  rights: { Read: "read, and run as a program", Write: "write within the size", Manage: "resize, evict, set the pager", Grant: "pass the capability on in messages" },
  calls: {
    dataspaceCreate: { errors: ["QuotaExceeded", "NoMemory", "BadArgument"] },
    dataspaceRead: { needs: "Read on the dataspace", errors: ["NoRight", "BadArgument", "Fault", "WouldDeadlock"], waits: true },
    dataspaceWrite: { needs: "Write on the dataspace", errors: ["NoRight", "BadArgument", "Fault", "NoMemory", "QuotaExceeded", "WouldDeadlock"], waits: true },
    dataspaceResize: { needs: "Manage on the dataspace", errors: ["NoRight", "TooLarge", "BadArgument"] },
    dataspaceInfo: { errors: [] },
    dataspaceSetPager: { needs: "Manage on the dataspace", errors: ["NoRight"] },
    dataspaceEvict: { needs: "Manage on the dataspace", errors: ["NoRight", "BadArgument"] },
  },
});
