// clang and wasm-ld, unmodified, as two processes: hello.c becomes a program that runs.

import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { parseTar } from "nanotar";
import { get, put } from "../testing/files.ts";
import { compileProgram, LinuxWorld, repository, type Program } from "../testing/linux-world.ts";

let bytes: Uint8Array<ArrayBuffer>, module: Program;
beforeAll(async () => {
  bytes = new Uint8Array(readFileSync(repository("node_modules/@yowasp/clang/gen/llvm.core.wasm")));
  module = await compileProgram(bytes);
});

/** What the C compiler needs of the package's headers and libraries. */
async function addResources(world: LinuxWorld): Promise<void> {
  for (const { name, type, data } of parseTar(readFileSync(repository("node_modules/@yowasp/clang/gen/llvm-resources.tar")))) {
    if (type === "file" && data && /^(include\/(?!c\+\+)|lib\/wasm32-(unknown-)?wasip1\/(crt1|libc\.a|libclang_rt))/.test(name)) put(world, `/usr/${name}`, data);
  }
}

test("compiles, links and runs hello.c from a working directory", async () => {
  const world = await LinuxWorld.create();
  await addResources(world);
  world.root.makeDirectory(0o777, "/tmp");
  put(world, "/home/user/hello.c", '#include <stdio.h>\n#include "greeting.h"\nint main(void) { printf("%s\\n", GREETING); return 7; }\n');
  put(world, "/home/user/greeting.h", '#define GREETING "hello, world"\n');
  const run = async (args: string[]): Promise<void> => {
    const process = await world.start({ module, bytes, args, directory: "/home/user", environment: ["PWD=/home/user"] });
    const status = process.run();
    expect(process.stderr.text() + process.stdout.text()).toBe("");
    expect(status).toBe(0);
    process.end();
  };
  await run([
    "clang", "-cc1", "-triple", "wasm32-unknown-wasip1", "-O1", "-emit-obj", "-resource-dir", "/usr", "-isysroot", "/usr", "-internal-isystem", "/usr/include",
    "-internal-isystem", "/usr/include/wasm32-wasip1", "-o", "hello.o", "-x", "c", "hello.c",
  ]);
  await run([
    "wasm-ld", "-m", "wasm32", "-L/usr/lib/wasm32-unknown-wasip1", "-L/usr/lib/wasm32-wasip1", "/usr/lib/wasm32-wasip1/crt1-command.o", "hello.o", "-lc",
    "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a", "-o", "hello",
  ]);
  const attributes = world.root.stat(true, "/home/user/hello");
  expect(!attributes.error && attributes.attributes.mode).toBe(0o755);
  const hello = await world.start({ module: await compileProgram(new Uint8Array(get(world, "/home/user/hello"))) });
  expect(hello.run()).toBe(7);
  expect(hello.stdout.text()).toBe("hello, world\n");
  world.close();
}, 120_000);
