// The tmpfs's own suite, on one module that it and the VFS are linked into.

import { useLinked } from "../../lib/testing/linked.ts";

await useLinked("vfs+tmpfs");
await import("./tmpfs.test.ts");
