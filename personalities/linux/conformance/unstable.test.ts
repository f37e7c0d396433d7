// The four calls that were different in `wasi_unstable` tell the same as those of preview 1, in their own layout.

import { afterEach, beforeEach, expect, test } from "vitest";
import { put } from "../testing/files.ts";
import { LinuxWorld, type LinuxProcess } from "../testing/linux-world.ts";
import * as wasi from "../layout/wasi.ts";

let world: LinuxWorld, process: LinuxProcess, view: DataView;
beforeEach(async () => {
  world = await LinuxWorld.create();
  put(world, "/file", "0123456789");
  process = await world.start({});
  view = new DataView(process.memory.buffer);
  new TextEncoder().encodeInto("file", new Uint8Array(process.memory.buffer, 1024));
  expect(process.wasi["path_open"]!(3, 1, 1024, 4, 0, 66n, 0n, 0, 16)).toBe(0);
});
afterEach(() => { world.close(); });

test("whence has the old numbers", () => {
  const seek = (offset: bigint, whence: number): bigint => {
    expect(process.wasi["unstable_fd_seek"]!(5, offset, whence, 16)).toBe(0);
    return view.getBigUint64(16, true);
  };
  expect([seek(3n, 2), seek(2n, 0), seek(-1n, 1)]).toEqual([3n, 5n, 9n]);
  expect(process.wasi["unstable_fd_seek"]!(5, 0n, 3, 16)).toBe(wasi.EINVAL);
});

test("attributes are 56 bytes with a small number of links", () => {
  expect(process.wasi["fd_filestat_get"]!(5, 0)).toBe(0);
  const now = [0, 8, 32, 40, 48, 56].map((at) => view.getBigUint64(at, true));
  view.setBigUint64(256, 77n, true);
  for (const errno of [process.wasi["unstable_fd_filestat_get"]!(5, 200), process.wasi["unstable_path_filestat_get"]!(3, 1, 1024, 4, 200)]) {
    expect(errno).toBe(0);
    expect([0, 8, 24, 32, 40, 48].map((at) => view.getBigUint64(200 + at, true))).toEqual(now);
    expect(view.getUint8(216)).toBe(wasi.FILETYPE_REGULAR_FILE);
    expect(view.getUint32(220, true)).toBe(1);
    expect(view.getBigUint64(256, true)).toBe(77n);
  }
});

test("a subscription to a clock has an identifier", () => {
  const at = 2048;
  view.setBigUint64(at, 5n, true);
  view.setBigUint64(at + 16, 123n, true);
  view.setUint32(at + 24, wasi.CLOCK_MONOTONIC, true);
  view.setBigUint64(at + 32, 10_000_000n, true);
  // Behind it one to a descriptor that is closed.
  view.setBigUint64(at + 56, 6n, true);
  view.setUint8(at + 64, wasi.EVENTTYPE_FD_READ);
  view.setUint32(at + 72, 99, true);
  expect(process.wasi["unstable_poll_oneoff"]!(at, 4096, 2, 16)).toBe(0);
  expect(view.getUint32(16, true)).toBe(1);
  expect([view.getBigUint64(4096, true), view.getUint16(4104, true), view.getUint8(4106)]).toEqual([6n, wasi.EBADF, wasi.EVENTTYPE_FD_READ]);
  expect(process.wasi["unstable_poll_oneoff"]!(at, 4096, 1, 16)).toBe(0);
  expect([view.getBigUint64(4096, true), view.getUint16(4104, true), view.getUint8(4106)]).toEqual([5n, 0, wasi.EVENTTYPE_CLOCK]);
});
