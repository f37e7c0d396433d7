// The benchmark `stream` as a WASI program: `stream-bench WRITE RECORDS SIZE PATH` writes RECORDS records of SIZE bytes in order to the file and
// makes it durable (WRITE 1), or reads them and checks one byte of each (WRITE 0). Prints the nanoseconds. Traps if a call fails.

import * as wasi from "./wasi";

const VECTOR: usize = wasi.FREE;
const RESULT: usize = wasi.FREE + 16;
const BUFFER: usize = 65536;

export function write(descriptor: i32, records: i32, size: i32): void {
  for (let i = 0; i < records; i++) {
    memory.fill(BUFFER, <u8>i, size);
    wasi.must(wasi.fd_write(descriptor, VECTOR, 1, RESULT));
    if (load<i32>(RESULT) != size) unreachable();
  }
  wasi.must(wasi.fd_sync(descriptor));
}

export function read(descriptor: i32, records: i32, size: i32): void {
  for (let i = 0; i < records; i++) {
    wasi.must(wasi.fd_read(descriptor, VECTOR, 1, RESULT));
    if (load<i32>(RESULT) != size || load<u8>(BUFFER + size - 1) != <u8>i) unreachable();
  }
}

export function _start(): void {
  const writes = wasi.argument(1) != 0, records = wasi.argument(2), size = wasi.argument(3), path = wasi.textArgument(4);
  if (size > 65536 * 16) unreachable();
  wasi.must(wasi.path_open(wasi.ROOT, 1, path, wasi.lengthOf(path), writes ? wasi.O_CREAT : 0, writes ? wasi.READ_AND_WRITE : wasi.READ, 0, 0, RESULT));
  const descriptor = load<i32>(RESULT);
  store<u32>(VECTOR, <u32>BUFFER);
  store<u32>(VECTOR + 4, size);
  const began = wasi.now();
  if (writes) write(descriptor, records, size); else read(descriptor, records, size);
  wasi.line(wasi.now() - began);
  wasi.must(wasi.fd_close(descriptor));
}
