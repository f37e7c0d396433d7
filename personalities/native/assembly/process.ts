// What a program knows of its process, and how it makes others. A program is one instance on a memory of its own, so strings, arrays and
// `new` are free to use.
//
//   const process = Process.self();
//   process.args[1]; process.environment("HOME");
//   const pid = process.spawn("/usr/bin/ls", ["ls", "-l"]);    // a negative status if it failed
//   if (pid > 0) process.wait(pid);                            // the child's status
//
// What `main` returns is the program's status; `exit` ends it from anywhere.

import { BadMessage } from "../../../abi/generated/assembly/errors";
import {
  process_create, process_create_pid, process_give, process_signal, process_start, process_startup, process_startup_argumentsLength, process_startup_data_length, process_startup_descriptors,
  process_startup_parent, process_startup_pid, process_take, process_take_file, process_wait,
} from "../../../abi/generated/assembly/client/process";
import { ExitStatus, EXIT_STATUS_SIZE } from "../../../abi/generated/assembly/records";
import { DESCRIPTOR_DIRECTORY, RANGE_LIMIT, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";
import { File } from "./file";
import { decodeList, encode, encodeList } from "./text";

const KILL: u32 = 9;

export class Process {
  private static own: Process | null = null;

  pid: u32 = 0;
  parent: u32 = 0;
  /** argv. */
  args: string[] = [];
  /** K=V */
  variables: string[] = [];
  /** Capability of the working directory. */
  directory: i32 = SLOT_ROOT;
  private given: u64 = 0;
  /** A descriptor can be taken once: what was taken is kept. */
  private files: Map<i32, File> = new Map<i32, File>();

  static self(): Process {
    const known = Process.own;
    if (known) return known;
    const process = new Process();
    Process.own = process;
    const room = new ArrayBuffer(RANGE_LIMIT);
    const address = changetype<usize>(room);
    if (process_startup(SLOT_SELF, address, RANGE_LIMIT) == 0) {
      process.pid = process_startup_pid();
      process.parent = process_startup_parent();
      process.given = process_startup_descriptors();
      const split = <i32>process_startup_argumentsLength(), length = process_startup_data_length();
      process.args = decodeList(address, split);
      process.variables = decodeList(address + <usize>split, length - split);
    }
    if (process_take(SLOT_SELF, DESCRIPTOR_DIRECTORY) == 0) process.directory = process_take_file();
    return process;
  }

  /** Undefined variables are empty. */
  environment(name: string): string {
    for (let index = 0; index < this.variables.length; index++) {
      const variable = this.variables[index];
      if (variable.startsWith(name + "=")) return variable.substring(name.length + 1);
    }
    return "";
  }

  /** An open file that the process was given: 0 standard input, 1 standard output, 2 standard error. Null if it was not. */
  descriptor(number: i32): File | null {
    if (this.files.has(number)) return this.files.get(number);
    if (number < 0 || number > 63 || !(this.given >> <u64>number & 1) || process_take(SLOT_SELF, <u32>number) != 0) return null;
    const file = new File(process_take_file(), 0, true);
    this.files.set(number, file);
    return file;
  }

  /** Start a program with this process's standard files, environment and working directory. Its number, or a negative status. */
  spawn(path: string, args: string[]): i32 {
    const list = encodeList(args), environment = encodeList(this.variables), name = encode(path);
    let status = process_create(SLOT_SELF, 0, 0, changetype<usize>(list), list.byteLength, changetype<usize>(environment), environment.byteLength);
    if (status < 0) return status;
    const pid = process_create_pid();
    for (let number = 0; number < 3 && status == 0; number++) {
      const file = this.descriptor(number);
      if (file) status = process_give(SLOT_SELF, pid, <u32>number, file.cap);
    }
    if (status == 0) status = process_give(SLOT_SELF, pid, DESCRIPTOR_DIRECTORY, this.directory);
    if (status == 0) status = process_start(SLOT_SELF, pid, changetype<usize>(name), name.byteLength);
    if (status == 0) return <i32>pid;
    // What could not be started must not stay in the process table.
    process_signal(SLOT_SELF, pid, 0, KILL);
    this.wait(<i32>pid);
    return status;
  }

  /** Wait until a child ends: its exit status (128 + signal if a signal ended it), or a negative status. */
  wait(pid: i32): i32 {
    const record = new ArrayBuffer(EXIT_STATUS_SIZE);
    const address = changetype<usize>(record);
    const status = process_wait(SLOT_SELF, <u32>pid, false, true, address, EXIT_STATUS_SIZE);
    if (status < 0) return status;
    const ended = ExitStatus.at(address);
    return ended.pid == 0 ? BadMessage : ended.status;
  }
}

/** End the process; does not return. `status`: 0–255. */
export function exit(status: i32): void { kernel.exit(status & 255); }
