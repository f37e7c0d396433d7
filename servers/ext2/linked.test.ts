// ext2 on the real cache, the two of them linked into one module.

import { useLinked } from "../../lib/testing/linked.ts";

await useLinked("cache+ext2");
await import("./real-cache.test.ts");
