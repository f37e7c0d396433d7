// The calling process, for AssemblyScript programs: its arguments, environment and descriptors, and making other processes. A program
// is one instance on a memory of its own, so strings, arrays and `new` are free to use.
//
//   export function main(): i32 { print("hello, " + argument(1)); return 0; }
//
// Statuses are >= 0 or a negated error of abi/generated/assembly/errors.ts.

import * as client from "../../../abi/generated/assembly/client/process";
import { EXIT_STATUS_SIZE, ExitStatus } from "../../../abi/generated/assembly/records";
import { DESCRIPTOR_DIRECTORY, RANGE_LIMIT, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits";
import * as kernel from "../../../lib/assembly/kernel";

let startup: ArrayBuffer | null = null;
let argumentBytes: i32 = 0;
let directory: i32 = 0;

/** What the process was started with: fetched once. */
function startupData(): ArrayBuffer {
  const known = startup;
  if (known) return known;
  const buffer = new ArrayBuffer(RANGE_LIMIT);
  const status = client.process_startup(SLOT_SELF, changetype<usize>(buffer), RANGE_LIMIT);
  argumentBytes = status < 0 ? 0 : <i32>client.process_startup_argumentsLength();
  const data = buffer.slice(0, status < 0 ? 0 : client.process_startup_data_length());
  startup = data;
  return data;
}

/** The NUL-terminated strings of a part of the start-up data. */
function strings(from: i32, to: i32): string[] {
  const data = changetype<usize>(startupData()), found: string[] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    if (load<u8>(data + at)) continue;
    found.push(String.UTF8.decodeUnsafe(data + start, at - start));
    start = at + 1;
  }
  return found;
}

/** argv: the first is the name that the program was started by. */
export function processArguments(): string[] { startupData(); return strings(0, argumentBytes); }

/** Argument `index`, empty if it was not given. */
export function argument(index: i32): string {
  const all = processArguments();
  return index < all.length ? all[index] : "";
}

/** The value of an environment variable, or null. */
export function environmentValue(name: string): string | null {
  const data = startupData(), all = strings(argumentBytes, data.byteLength), prefix = name + "=";
  for (let i = 0; i < all.length; i++) if (all[i].startsWith(prefix)) return all[i].substring(prefix.length);
  return null;
}

/** The working directory: a `directory` capability that relative paths start from. */
export function workingDirectory(): i32 {
  if (directory) return directory;
  directory = client.process_take(SLOT_SELF, DESCRIPTOR_DIRECTORY) < 0 ? SLOT_ROOT : client.process_take_file();
  return directory;
}

/** The open file that the process was given as a descriptor (0 input, 1 output, 2 errors): a `file` capability, or a negated error. */
export function given(descriptor: u32): i32 {
  const status = client.process_take(SLOT_SELF, descriptor);
  return status < 0 ? status : client.process_take_file();
}

/** Start a program with this process's descriptors 0–2 and working directory: its process number, or a negated error. */
export function spawn(path: string, words: string[]): i32 {
  let text = "";
  for (let i = 0; i < words.length; i++) text += words[i] + "\0";
  const list = String.UTF8.encode(text), data = startupData();
  const status = client.process_create(
    SLOT_SELF, 0, 0, changetype<usize>(list), list.byteLength, changetype<usize>(data) + argumentBytes, data.byteLength - argumentBytes,
  );
  if (status < 0) return status;
  const pid = client.process_create_pid();
  for (let descriptor: u32 = 0; descriptor < 3; descriptor++) {
    const file = given(descriptor);
    if (file < 0) continue;
    client.process_give(SLOT_SELF, pid, descriptor, file);
    kernel.capDelete(file);
  }
  client.process_give(SLOT_SELF, pid, DESCRIPTOR_DIRECTORY, workingDirectory());
  const name = String.UTF8.encode(path);
  const started = client.process_start(SLOT_SELF, pid, changetype<usize>(name), name.byteLength);
  return started < 0 ? started : <i32>pid;
}

/** Wait for a child to end: its exit status as shells count it, or a negated error. */
export function waitFor(pid: i32): i32 {
  const buffer = new ArrayBuffer(EXIT_STATUS_SIZE), at = changetype<usize>(buffer);
  const status = client.process_wait(SLOT_SELF, <u32>pid, false, true, at, EXIT_STATUS_SIZE);
  return status < 0 ? status : ExitStatus.at(at).status;
}

/** End the process; does not return. */
export function exit(status: i32): void { kernel.exit(status & 255); }
