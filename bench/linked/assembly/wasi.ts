// The WASI calls that the benchmark program makes. The linked build replaces this file by linked-wasi.ts.

@external("wasi_snapshot_preview1", "fd_read") export declare function fd_read(descriptor: i32, vectors: usize, count: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_seek") export declare function fd_seek(descriptor: i32, offset: i64, whence: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_write") export declare function fd_write(descriptor: i32, vectors: usize, count: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "path_open") export declare function path_open(directory: i32, lookup: i32, path: usize, length: i32, oflags: i32, base: i64, inheriting: i64, fdflags: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "clock_time_get") export declare function clock_time_get(clock: i32, precision: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "args_get") export declare function args_get(pointers: usize, strings: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get") export declare function args_sizes_get(count: usize, length: usize): i32;
