// Small C programs, compiled with the clang that GrailOS runs, on the library and the real file servers.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileC } from "../testing/compile-c.ts";
import { put } from "../testing/files.ts";
import { compileProgram, LinuxWorld, repository, type LinuxProcess, type StartOptions } from "../testing/linux-world.ts";

let world: LinuxWorld;
beforeEach(async () => {
  world = await LinuxWorld.create();
  for (const path of ["/tmp", "/etc", "/home", "/home/user", "/home/user/sub"]) expect(world.root.makeDirectory(0o755, path).error).toBe(0);
  put(world, "/home/user/here", "here");
  put(world, "/etc/there", "there");
});
afterEach(() => { world.close(); });

async function run(name: string, flags: string[], options: StartOptions): Promise<LinuxProcess & { status: number }> {
  const bytes = await compileC(readFileSync(repository(`personalities/linux/conformance/programs/${name}.c`), "utf8"), ["-O1", ...flags]);
  const process = await world.start({ ...options, module: await compileProgram(bytes), bytes });
  return Object.assign(process, { status: process.run() });
}

test("files behave as POSIX has it", async () => {
  const { status, stdout } = await run("files", ["-Wl,-z,stack-size=1048576"], {});
  expect(stdout.text()).toBe("done\n");
  expect(status).toBe(0);
});

test("arguments, environment, clocks, polling and streams", async () => {
  const { status, stdout, stderr } = await run("process", [], { args: ["process", "two words", ""], environment: ["A=1", "B=zwei"], input: "first\nsecond\n" });
  expect(stdout.text()).toBe("[process][two words][]{A=1}{B=zwei}\ntty 0 0\ndone\n");
  expect(stderr.text()).toBe("to stderr\n");
  expect(status).toBe(42);
});

test("a terminal is one", async () => {
  const { stdout } = await run("process", [], { input: "first\nsecond\n", terminal: true });
  expect(stdout.text()).toContain("tty 1 1\n");
});

test("a program that can change its working directory starts in its own", async () => {
  expect((await run("directory", ["-DCHDIR=1"], { directory: "/home/user" })).stdout.text()).toBe("done\n");
});

test("a program that cannot sees its working directory over the root", async () => {
  expect((await run("directory", ["-DCHDIR=0"], { directory: "/home/user" })).stdout.text()).toBe("done\n");
});
