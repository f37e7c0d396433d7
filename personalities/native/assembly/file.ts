// Files for AssemblyScript programs, straight onto the servers: opening asks the VFS, reading a file that has a Dataspace is one call
// into the kernel and no message, all else is a call on the server that has the file.
//
//   const file = File.open("notes.txt", FLAG_READ);
//   if (file.status < 0) …

import * as directory from "../../../abi/generated/assembly/client/directory";
import * as client from "../../../abi/generated/assembly/client/file";
import { RANGE_LIMIT } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { given, workingDirectory } from "./process";

export const FLAG_READ: u32 = 1;
export const FLAG_WRITE: u32 = 2;
export const FLAG_APPEND: u32 = 4;
export const FLAG_CREATE: u32 = 8;
export const FLAG_TRUNCATE: u32 = 32;

export class File {
  /** Where reading and writing go on; -1: the server keeps it (a descriptor shared with other processes). */
  position: i64 = 0;

  /** `status` < 0: why it could not be opened; then nothing else may be called. */
  constructor(readonly status: i32, readonly file: i32, readonly data: i32) {}

  /** Open a path, relative to the working directory or absolute. */
  static open(path: string, flags: u32, mode: u32 = 0o644): File {
    const name = String.UTF8.encode(path);
    const status = directory.directory_open(workingDirectory(), flags, mode, changetype<usize>(name), name.byteLength);
    return status < 0 ? new File(status, 0, 0) : new File(0, directory.directory_open_file(), directory.directory_open_data());
  }

  /** The open file that the process was given as a descriptor. */
  static inherited(descriptor: u32): File {
    const file = given(descriptor), opened = new File(file < 0 ? file : 0, file < 0 ? 0 : file, 0);
    opened.position = -1;
    return opened;
  }

  /** Read into memory: the bytes read, 0 at the end, or a negated error. */
  read(address: usize, length: i32): i32 {
    let count: i32;
    if (this.data && this.position >= 0) count = kernel.dataspaceRead(this.data, this.position, 0, address, length);
    else {
      const status = client.file_read(this.file, this.position, address, length < RANGE_LIMIT ? length : RANGE_LIMIT);
      count = status < 0 ? status : client.file_read_data_length();
    }
    if (count > 0 && this.position >= 0) this.position += count;
    return count;
  }

  /** Write all of it: 0 or a negated error. */
  write(address: usize, length: i32): i32 {
    let done = 0;
    while (done < length) {
      const part = length - done < RANGE_LIMIT ? length - done : RANGE_LIMIT;
      const status = client.file_write(this.file, this.position, address + done, part);
      if (status < 0) return status;
      const written = <i32>client.file_write_written();
      done += written;
      if (this.position >= 0) this.position += written;
    }
    return 0;
  }

  writeText(text: string): i32 {
    const bytes = String.UTF8.encode(text);
    return this.write(changetype<usize>(bytes), bytes.byteLength);
  }

  close(): void {
    client.file_close(this.file);
    kernel.capDelete(this.file);
    if (this.data) kernel.capDelete(this.data);
  }
}

/** A line on standard output. */
export function print(line: string): i32 {
  const output = File.inherited(1);
  return output.status < 0 ? output.status : output.writeText(line + "\n");
}
