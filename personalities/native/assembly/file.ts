// An open file. Contents that lie in a Dataspace are read straight from there, without a call to any server, while the position is the
// program's own; the files that a process was given are shared, and the server keeps their position.
//
//   const file = File.open("notes", FileFlags.Read);
//   if (!file) { complain(errorMessage(File.status)); return 1; }
//   const n = file.read(buffer, 0, buffer.byteLength);    // bytes, 0 at the end, or a negative status
//   file.close();

import { directory_makeDirectory, directory_open, directory_open_data, directory_open_file, directory_rename, directory_stat, directory_unlink } from "../../../abi/generated/assembly/client/directory";
import { file_close, file_read, file_read_data_length, file_seek, file_write, file_write_size, file_write_written } from "../../../abi/generated/assembly/client/file";
import { Attributes, ATTRIBUTES_SIZE } from "../../../abi/generated/assembly/records";
import { RANGE_LIMIT, RIGHT_READ } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { FileFlags } from "../../../abi/generated/assembly/enums";
import { Process } from "./process";
import { encode } from "./text";

const SHARED: i64 = -1;

export class File {
  /** Why the last open or stat failed: a negative status. */
  static status: i32 = 0;
  private position: i64 = 0;
  private appends: bool = false;
  /** Reads may go to the Dataspace. Writes never do: the server may know of writers only by their calls. */
  private readable: bool = false;

  constructor(readonly cap: i32, /** Dataspace of the contents, or 0. */ private data: i32, private shared: bool) {}

  /** Null if it failed: see File.status. `flags`: FileFlags; `mode`: permission bits of a file that is created. */
  static open(path: string, flags: u32, mode: u32 = 0o644): File | null {
    const name = encode(path);
    File.status = directory_open(Process.self().directory, flags, mode, changetype<usize>(name), name.byteLength);
    if (File.status < 0) return null;
    const file = new File(directory_open_file(), directory_open_data(), false);
    file.readable = file.data != 0 && (flags & FileFlags.Read) != 0 && (kernel.capInfo(file.data) >> 8 & RIGHT_READ) != 0;
    file.appends = (flags & FileFlags.Append) != 0;
    return file;
  }

  /** At most `length` bytes to `buffer` at `offset`: how many, 0 at the end of the file, or a negative status. */
  read(buffer: ArrayBuffer, offset: i32, length: i32): i32 {
    const address = changetype<usize>(buffer) + <usize>offset;
    if (this.readable && !this.shared) {
      const copied = kernel.dataspaceRead(this.data, this.position, 0, address, length);
      if (copied > 0) this.position += copied;
      return copied;
    }
    const status = file_read(this.cap, this.shared ? SHARED : this.position, address, min(length, RANGE_LIMIT));
    if (status < 0) return status;
    const count = file_read_data_length();
    if (!this.shared) this.position += count;
    return count;
  }

  /** All of it: 0, or a negative status. */
  write(buffer: ArrayBuffer, offset: i32, length: i32): i32 {
    for (let done = 0; done < length;) {
      const status = file_write(this.cap, this.shared ? SHARED : this.position, changetype<usize>(buffer) + <usize>(offset + done), min(length - done, RANGE_LIMIT));
      if (status < 0) return status;
      const written = <i32>file_write_written();
      if (!this.shared) this.position = this.appends ? <i64>file_write_size() : this.position + written;
      done += written;
    }
    return 0;
  }

  print(text: string): i32 {
    const bytes = encode(text);
    return this.write(bytes, 0, bytes.byteLength);
  }

  /** From the start of the file: 0, or a negative status. */
  seek(position: i64): i32 {
    if (this.shared) return file_seek(this.cap, position, 0);
    this.position = position;
    return 0;
  }

  close(): void {
    if (!this.shared) file_close(this.cap);
    kernel.capDelete(this.cap);
    if (this.data != 0) kernel.capDelete(this.data);
  }
}

/** Attributes of a name, following links; null if there is none: see File.status. They lie in `room`, which must outlive them. */
export function stat(path: string, room: ArrayBuffer = new ArrayBuffer(ATTRIBUTES_SIZE)): Attributes | null {
  const name = encode(path);
  File.status = directory_stat(Process.self().directory, true, changetype<usize>(name), name.byteLength, changetype<usize>(room), ATTRIBUTES_SIZE);
  return File.status < 0 ? null : Attributes.at(changetype<usize>(room));
}

/** 0, or a negative status. */
export function makeDirectory(path: string, mode: u32 = 0o755): i32 {
  const name = encode(path);
  return directory_makeDirectory(Process.self().directory, mode, changetype<usize>(name), name.byteLength);
}

/** 0, or a negative status. */
export function unlink(path: string): i32 {
  const name = encode(path);
  return directory_unlink(Process.self().directory, changetype<usize>(name), name.byteLength);
}

/** 0, or a negative status. */
export function rename(from: string, to: string): i32 {
  const a = encode(from), b = encode(to), directory = Process.self().directory;
  return directory_rename(directory, directory, changetype<usize>(a), a.byteLength, changetype<usize>(b), b.byteLength);
}
