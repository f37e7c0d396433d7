// Descriptors that a process is given, on the real pipe and file servers: shared positions, pipes, polling.

import { afterEach, beforeEach, expect, test } from "vitest";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { FileFlags, Signal } from "../../../abi/generated/ts/enums.ts";
import { Exit } from "../../../lib/testing/syscalls.ts";
import { put } from "../testing/files.ts";
import { LinuxWorld, type LinuxProcess } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";

let world: LinuxWorld;
beforeEach(async () => { world = await LinuxWorld.create(); });
afterEach(() => {
  const { domain, kernel } = world.world.client;
  for (const slot of kept.splice(0)) if (domain.table.get(slot)) kernel.capDelete(slot);
  world.close();
});

/** What the test itself opened. */
const kept: number[] = [];

const VECTOR = 0, RESULT = 16, SUBSCRIPTIONS = 1024, EVENTS = 2048, TEXT = 4096;

function read(process: LinuxProcess, descriptor: number, length: number): string | number {
  const view = new DataView(process.memory.buffer);
  view.setUint32(VECTOR, TEXT, true);
  view.setUint32(VECTOR + 4, length, true);
  return process.wasi["fd_read"]!(descriptor, VECTOR, 1, RESULT)
    || new TextDecoder().decode(new Uint8Array(process.memory.buffer, TEXT, view.getUint32(RESULT, true)).slice());
}

function write(process: LinuxProcess, descriptor: number, text: string): number {
  const view = new DataView(process.memory.buffer);
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(process.memory.buffer, TEXT));
  view.setUint32(VECTOR, TEXT, true);
  view.setUint32(VECTOR + 4, written, true);
  return process.wasi["fd_write"]!(descriptor, VECTOR, 1, RESULT);
}

interface Event { userdata: bigint; errno: number; type: number; flags: number }
/** Poll for reading or writing on descriptors, and (if given) for a relative time in ns. */
function poll(process: LinuxProcess, descriptors: [number, "read" | "write"][], timeout?: bigint): Event[] | number {
  const view = new DataView(process.memory.buffer);
  new Uint8Array(process.memory.buffer, SUBSCRIPTIONS, 1024).fill(0);
  descriptors.forEach(([descriptor, direction], i) => {
    view.setBigUint64(SUBSCRIPTIONS + 48 * i, BigInt(100 + descriptor), true);
    view.setUint8(SUBSCRIPTIONS + 48 * i + 8, direction === "read" ? wasi.EVENTTYPE_FD_READ : wasi.EVENTTYPE_FD_WRITE);
    view.setUint32(SUBSCRIPTIONS + 48 * i + 16, descriptor, true);
  });
  if (timeout !== undefined) {
    const at = SUBSCRIPTIONS + 48 * descriptors.length;
    view.setBigUint64(at, 1n, true);
    view.setUint32(at + 16, wasi.CLOCK_MONOTONIC, true);
    view.setBigUint64(at + 24, timeout, true);
  }
  const errno = process.wasi["poll_oneoff"]!(SUBSCRIPTIONS, EVENTS, descriptors.length + (timeout === undefined ? 0 : 1), RESULT);
  if (errno) return errno;
  return Array.from({ length: view.getUint32(RESULT, true) }, (_, i) => ({
    userdata: view.getBigUint64(EVENTS + 32 * i, true), errno: view.getUint16(EVENTS + 32 * i + 8, true), type: view.getUint8(EVENTS + 32 * i + 10),
    flags: view.getUint16(EVENTS + 32 * i + 24, true),
  }));
}

function openShared(path: string, flags: number): FileClient {
  const opened = world.root.open(flags, 0o644, path);
  if (opened.error) throw new Error(`cannot open ${path}`);
  kept.push(opened.file, opened.data);
  return new FileClient(world.world.client.kernel, opened.file);
}

function pipe(): { reader: number; writer: number } {
  const made = world.world.client.pipe.create();
  if (made.error) throw new Error("no pipe");
  kept.push(made.reader, made.writer);
  return made;
}

test("a file that was given shares its position with the giver", async () => {
  put(world, "/file", "0123456789");
  const file = openShared("/file", FileFlags.Read | FileFlags.Write);
  const child = await world.start({ descriptors: new Map([[0, file.cap]]) });
  expect(read(child, 0, 4)).toBe("0123");
  const rest = file.read(-1n, 2);
  expect(!rest.error && new TextDecoder().decode(rest.data)).toBe("45");
  expect(read(child, 0, 2)).toBe("67");
  expect(child.wasi["fd_seek"]!(0, 1n, wasi.WHENCE_SET, RESULT)).toBe(0);
  expect(write(child, 0, "AB")).toBe(0);
  expect(child.wasi["fd_tell"]!(0, RESULT)).toBe(0);
  expect(new DataView(child.memory.buffer).getBigUint64(RESULT, true)).toBe(3n);
  child.wasi["fd_close"]!(0);
  const after = file.read(-1n, 3);
  expect(!after.error && new TextDecoder().decode(after.data)).toBe("345");
});

test("two children append to one file by turns", async () => {
  const file = openShared("/log", FileFlags.Write | FileFlags.Create);
  const [one, two] = [await world.start({ descriptors: new Map([[1, file.cap]]) }), await world.start({ descriptors: new Map([[1, file.cap]]) })];
  for (let i = 0; i < 3; i++) expect([write(one, 1, `a${i}`), write(two, 1, `b${i}`)]).toEqual([0, 0]);
  const all = openShared("/log", FileFlags.Read).read(0n, 100);
  expect(!all.error && new TextDecoder().decode(all.data)).toBe("a0b0a1b1a2b2");
});

test("descriptors that the parent gave are where it put them, and 3 and 4 make room", async () => {
  put(world, "/three", "three");
  put(world, "/nine", "nine");
  const child = await world.start({ descriptors: new Map([[3, openShared("/three", FileFlags.Read).cap], [9, openShared("/nine", FileFlags.Read).cap]]) });
  expect(read(child, 9, 10)).toBe("nine");
  expect(read(child, 5, 10)).toBe("three");
  expect(read(child, 3, 10)).toBe(wasi.EISDIR);
});

test("a given directory is one", async () => {
  put(world, "/dir/file", "x");
  const opened = world.root.open(FileFlags.Read | FileFlags.Directory, 0, "/dir");
  if (opened.error) throw new Error("no directory");
  kept.push(opened.file);
  const child = await world.start({ descriptors: new Map([[7, opened.file]]) });
  expect(child.wasi["fd_fdstat_get"]!(7, RESULT)).toBe(0);
  expect(new DataView(child.memory.buffer).getUint8(RESULT)).toBe(wasi.FILETYPE_DIRECTORY);
  new TextEncoder().encodeInto("file", new Uint8Array(child.memory.buffer, TEXT));
  expect(child.wasi["path_open"]!(7, 1, TEXT, 4, 0, 2n, 0n, 0, RESULT)).toBe(0);
});

test("data goes through a pipe between two processes, and its end shows", async () => {
  const { reader, writer } = pipe();
  const from = await world.start({ descriptors: new Map([[1, writer]]) });
  const to = await world.start({ descriptors: new Map([[0, reader]]) });
  world.world.client.kernel.capDelete(writer);
  world.world.client.kernel.capDelete(reader);
  expect(write(from, 1, "through the pipe")).toBe(0);
  expect(read(to, 0, 7)).toBe("through");
  expect(read(to, 0, 100)).toBe(" the pipe");
  expect(from.wasi["fd_seek"]!(1, 0n, wasi.WHENCE_CUR, RESULT)).toBe(wasi.ESPIPE);
  from.end();
  expect(read(to, 0, 100)).toBe("");
});

test("writing to a pipe that nobody reads is EPIPE", async () => {
  const { reader, writer } = pipe();
  const child = await world.start({ descriptors: new Map([[1, writer]]) });
  world.world.client.kernel.capDelete(reader);
  expect(write(child, 1, "x")).toBe(wasi.EPIPE);
});

test("a program that goes on writing to a pipe that nobody reads gets SIGPIPE in the end", async () => {
  const { reader, writer } = pipe();
  const child = await world.start({ descriptors: new Map([[1, writer]]) });
  world.world.client.kernel.capDelete(reader);
  let failed = 0, status = -1;
  try {
    while (failed < 1000 && write(child, 1, "y") === wasi.EPIPE) failed++;
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    ({ status } = error);
  }
  expect({ failed, status, signals: child.signals }).toEqual({ failed: 64, status: 141, signals: [Signal.Pipe] });
});

test("a program that writes to pipes that are read, too, goes on as long as it likes", async () => {
  const broken = pipe(), whole = pipe(), { kernel } = world.world.client;
  const child = await world.start({ descriptors: new Map([[1, broken.writer], [2, whole.writer]]) });
  kernel.capDelete(broken.reader);
  for (let i = 0; i < 200; i++) {
    expect(write(child, 1, "y")).toBe(wasi.EPIPE);
    if (i % 50 === 0) expect(write(child, 2, "z")).toBe(0);
  }
  expect(child.signals).toEqual([]);
});

test("polling waits for data, for the time, or tells that the other end is gone", async () => {
  const { reader, writer } = pipe();
  const child = await world.start({ descriptors: new Map([[0, reader]]) });
  const { kernel } = world.world.client;
  kernel.capDelete(reader);
  expect(poll(child, [[0, "read"]], 1_000_000n)).toEqual([{ userdata: 1n, errno: 0, type: wasi.EVENTTYPE_CLOCK, flags: 0 }]);
  // While it sleeps, another process writes.
  let woke = 0;
  world.world.machine.onBlocked = () => {
    if (woke++) return false;
    new FileClient(kernel, writer).write(-1n, new TextEncoder().encode("data"));
    return true;
  };
  expect(poll(child, [[0, "read"]])).toEqual([{ userdata: 100n, errno: 0, type: wasi.EVENTTYPE_FD_READ, flags: 0 }]);
  expect(woke).toBe(1);
  expect(read(child, 0, 10)).toBe("data");
  kernel.capDelete(writer);
  world.world.machine.settle();
  expect(poll(child, [[0, "read"]], 1_000_000_000n)).toEqual([{ userdata: 100n, errno: 0, type: wasi.EVENTTYPE_FD_READ, flags: wasi.EVENT_HANGUP }]);
});

test("polling tells at once of files, and of descriptors that are none", async () => {
  put(world, "/file", "12345");
  const child = await world.start({});
  new TextEncoder().encodeInto("file", new Uint8Array(child.memory.buffer, TEXT));
  expect(child.wasi["path_open"]!(3, 1, TEXT, 4, 0, 66n, 0n, 0, RESULT)).toBe(0);
  expect(poll(child, [[5, "read"], [5, "write"], [77, "read"]], 1_000_000_000n)).toEqual([
    { userdata: 105n, errno: 0, type: wasi.EVENTTYPE_FD_READ, flags: 0 }, { userdata: 105n, errno: 0, type: wasi.EVENTTYPE_FD_WRITE, flags: 0 },
    { userdata: 177n, errno: wasi.EBADF, type: wasi.EVENTTYPE_FD_READ, flags: 0 },
  ]);
});

test("append goes to the end whatever the position, also after the flag is set later", async () => {
  put(world, "/file", "12345");
  const child = await world.start({});
  const view = new DataView(child.memory.buffer);
  const path = (): void => { new TextEncoder().encodeInto("file", new Uint8Array(child.memory.buffer, TEXT)); };
  path();
  expect(child.wasi["path_open"]!(3, 1, TEXT, 4, 0, 66n, 0n, wasi.FDFLAGS_APPEND, RESULT)).toBe(0);
  path();
  expect(child.wasi["path_open"]!(3, 1, TEXT, 4, 0, 66n, 0n, 0, RESULT)).toBe(0);
  expect(write(child, 5, "6")).toBe(0);
  expect(write(child, 6, "a")).toBe(0);
  expect(child.wasi["fd_fdstat_set_flags"]!(6, wasi.FDFLAGS_APPEND)).toBe(0);
  expect(write(child, 6, "7")).toBe(0);
  child.wasi["fd_tell"]!(6, RESULT);
  expect(view.getBigUint64(RESULT, true)).toBe(7n);
  child.wasi["fd_seek"]!(5, 0n, 0, RESULT);
  expect(read(child, 5, 20)).toBe("a234567");
  expect(child.wasi["fd_fdstat_set_flags"]!(6, 0)).toBe(0);
  child.wasi["fd_seek"]!(6, 1n, 0, RESULT);
  expect(write(child, 6, "b")).toBe(0);
  child.wasi["fd_seek"]!(5, 0n, 0, RESULT);
  expect(read(child, 5, 20)).toBe("ab34567");
});
