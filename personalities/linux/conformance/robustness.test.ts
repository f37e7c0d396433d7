// Calls with arguments that no sane program gives: the library answers with an errno and never traps, and a process that ends in
// the middle of things leaves nothing behind.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Exit } from "../../../lib/testing/syscalls.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { SLOT_FIRST_FREE } from "../../../abi/layout/limits.ts";
import { put } from "../testing/files.ts";
import { LinuxWorld, type LinuxProcess } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";

/** i: 32-bit argument, l: 64-bit. */
const signatures: Record<string, string> = {
  args_get: "ii", args_sizes_get: "ii", environ_get: "ii", environ_sizes_get: "ii", clock_res_get: "ii", clock_time_get: "ili",
  fd_advise: "illi", fd_allocate: "ill", fd_close: "i", fd_datasync: "i", fd_fdstat_get: "ii", fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "ill", fd_filestat_get: "ii", fd_filestat_set_size: "il", fd_filestat_set_times: "illi", fd_pread: "iiili",
  fd_prestat_get: "ii", fd_prestat_dir_name: "iii", fd_pwrite: "iiili", fd_read: "iiii", fd_readdir: "iiili", fd_renumber: "ii",
  fd_seek: "ilii", fd_sync: "i", fd_tell: "ii", fd_write: "iiii", path_create_directory: "iii", path_filestat_get: "iiiii",
  path_filestat_set_times: "iiiilli", path_link: "iiiiiii", path_open: "iiiiillii", path_readlink: "iiiiii",
  path_remove_directory: "iii", path_rename: "iiiiii", path_symlink: "iiiii", path_unlink_file: "iii", poll_oneoff: "iiii",
  proc_exit: "i", proc_raise: "i", sched_yield: "", random_get: "ii", sock_accept: "iii", sock_recv: "iiiiii", sock_send: "iiiii",
  sock_shutdown: "ii",
  unstable_fd_filestat_get: "ii", unstable_fd_seek: "ilii", unstable_path_filestat_get: "iiiii", unstable_poll_oneoff: "iiii",
};
const MEMORY = 8 * 65536;

const number = fc.oneof(
  fc.nat(9), fc.nat(64),
  // The ends of the program's memory, and of a wrong sign.
  fc.integer({ min: MEMORY - 70, max: MEMORY + 4 }), fc.integer({ min: 0, max: MEMORY }),
  fc.constantFrom(-1, -8, 0x7fffffff, -0x80000000, 1024, 4096, 65536),
);
const long = fc.oneof(fc.bigInt(-4n, 100000n), fc.constantFrom(-1n, 1n << 62n, (1n << 63n) - 1n, -(1n << 63n)), fc.bigInt(-(1n << 63n), (1n << 63n) - 1n));
const call = fc.constantFrom(...Object.keys(signatures)).chain((name) =>
  fc.tuple(fc.constant(name), ...[...signatures[name]!].map((kind) => kind === "i" ? number : long)));

function perform(process: LinuxProcess, name: string, args: (number | bigint)[]): number {
  try {
    return process.wasi[name]!(...args) ?? 0;
  } catch (error) {
    // Leaving is what these two are for; and what waits for ever does so.
    if ((name === "proc_exit" || name === "proc_raise") && error instanceof Exit) return 0;
    if (name.endsWith("poll_oneoff") && String(error).includes("blocked for ever")) return 0;
    throw error;
  }
}

test("the library has the 46 functions of WASI preview 1, and the four that were different before", async () => {
  const process = await (await LinuxWorld.create()).start({});
  expect(Object.keys(process.wasi).sort()).toEqual(Object.keys(signatures).sort());
  expect(Object.keys(signatures).filter((name) => !name.startsWith("unstable_"))).toHaveLength(46);
});

test("wild arguments give an errno and never a trap", async () => {
  const world = await LinuxWorld.create();
  await fc.assert(fc.asyncProperty(fc.array(call, { minLength: 50, maxLength: 300, size: "max" }), fc.uint8Array({ minLength: 4096, maxLength: 4096 }), async (calls, noise) => {
    const process = await world.start({ input: "some input\n", args: ["a", "b"], environment: ["A=B"] });
    new Uint8Array(process.memory.buffer).set(noise);
    new Uint8Array(process.memory.buffer).set(noise, MEMORY - noise.length);
    // Likely names in likely places.
    new TextEncoder().encodeInto("a/b/c/../x", new Uint8Array(process.memory.buffer, 8));
    for (const [name, ...args] of calls) {
      const errno = perform(process, name, args);
      expect(errno, `${name}(${args.join()})`).toBeGreaterThanOrEqual(0);
      expect(errno, `${name}(${args.join()})`).toBeLessThanOrEqual(wasi.ENOTCAPABLE);
    }
    world.close();
  }), { numRuns: Number(process.env["FUZZ_RUNS"] ?? 60) });
}, 600_000);

test("a process that ends with files open leaves nothing behind", async () => {
  const world = await LinuxWorld.create();
  put(world, "/dir/file", "contents");
  const process = await world.start({ directory: "/dir" });
  const open = (path: string, oflags: number, rights: number): number => {
    new TextEncoder().encodeInto(path, new Uint8Array(process.memory.buffer, 64));
    return process.wasi["path_open"]!(3, 1, 64, path.length, oflags, BigInt(rights), 0n, 0, 32);
  };
  for (let i = 0; i < 20; i++) {
    expect(open("dir/file", 0, wasi.RIGHT_FD_READ)).toBe(0);
    expect(open("dir", wasi.OFLAGS_DIRECTORY, wasi.RIGHT_FD_READ)).toBe(0);
    expect(open("none", 0, wasi.RIGHT_FD_READ)).toBe(wasi.ENOENT);
    expect(open("dir/file", wasi.OFLAGS_DIRECTORY, wasi.RIGHT_FD_READ)).toBe(wasi.ENOTDIR);
  }
  // Half of them it closes itself.
  for (let descriptor = 5; descriptor < 25; descriptor++) expect(process.wasi["fd_close"]!(descriptor)).toBe(0);
  expect(process.wasi["random_get"]!(0, 100)).toBe(0);
  world.close();
});

test("closing gives back every capability that opening took", async () => {
  const world = await LinuxWorld.create();
  put(world, "/file", "contents");
  const process = await world.start({});
  const held = (): number => process.domain.table.all().filter(([slot]) => slot >= SLOT_FIRST_FREE).length;
  new TextEncoder().encodeInto("file", new Uint8Array(process.memory.buffer, 64));
  // What it keeps for all names (the mount table) it has after the first.
  expect(process.wasi["path_filestat_get"]!(3, 1, 64, 4, 256)).toBe(0);
  const before = held();
  for (let i = 0; i < 3000; i++) {
    expect(process.wasi["path_open"]!(3, 1, 64, 4, 0, BigInt(wasi.RIGHT_FD_READ | wasi.RIGHT_FD_WRITE), 0n, 0, 32)).toBe(0);
    expect(process.wasi["fd_close"]!(5)).toBe(0);
  }
  expect(held()).toBe(before);
});

test("the table of descriptors has an end, and room again after it", async () => {
  const world = await LinuxWorld.create();
  put(world, "/file", "contents");
  const process = await world.start({});
  new TextEncoder().encodeInto("file", new Uint8Array(process.memory.buffer, 64));
  const open = (): number => process.wasi["path_open"]!(3, 1, 64, 4, 0, BigInt(wasi.RIGHT_FD_READ), 0n, 0, 32);
  for (let i = 5; i < 1024; i++) expect(open()).toBe(0);
  expect(open()).toBe(wasi.EMFILE);
  expect(process.wasi["fd_close"]!(700)).toBe(0);
  expect(open()).toBe(0);
  expect(new DataView(process.memory.buffer).getUint32(32, true)).toBe(700);
});

test("a read that a signal breaks off is EINTR, and can be made again", async () => {
  const process = await (await LinuxWorld.create()).start({ input: "text", terminal: true });
  const view = new DataView(process.memory.buffer);
  view.setUint32(0, 64, true);
  view.setUint32(4, 10, true);
  process.stdin.failNext(Errors.Interrupted);
  expect(process.wasi["fd_read"]!(0, 0, 1, 32)).toBe(wasi.EINTR);
  expect(process.wasi["fd_read"]!(0, 0, 1, 32)).toBe(0);
  expect(view.getUint32(32, true)).toBe(4);
});

test("a server that died makes its descriptors fail, not the process", async () => {
  const world = await LinuxWorld.create();
  const process = await world.start({ input: "text" });
  world.world.machine.kill(process.stdin.domain);
  new DataView(process.memory.buffer).setUint32(4, 10, true);
  expect(process.wasi["fd_read"]!(0, 0, 1, 32)).toBe(wasi.EIO);
  expect(process.wasi["fd_fdstat_get"]!(0, 64)).toBe(0);
  expect(process.wasi["fd_close"]!(0)).toBe(0);
});
