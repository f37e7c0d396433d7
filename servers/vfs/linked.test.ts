// The VFS's own suites, on one module that it and tmpfs are linked into.

import { useLinked } from "../../lib/testing/linked.ts";

await useLinked("vfs+tmpfs");
await import("./vfs.test.ts");
await import("./posix-model.test.ts");
await import("./fuzz.test.ts");
