// What a process finds when it begins: arguments, environment, the descriptors it was given, "/" and ".".

import { DESCRIPTOR_DIRECTORY, SLOT_ROOT, SLOT_SELF } from "../../../abi/layout/limits";
import { BadArgument, TooLong } from "../../../abi/generated/assembly/errors";
import * as kernel from "../../../lib/assembly/kernel";
import * as client from "../../../abi/generated/assembly/client/process";
import { CAN_READ, CAN_WRITE, INHERITED, KIND_DIRECTORY, KIND_UNKNOWN, MAX_DESCRIPTORS, PREOPENED, SHARED_POSITION, at } from "./descriptor-table";
import { REGION_SIZE, clearRegion, process, setRegion, startupData, startupSize } from "./region";
import { DOT_DESCRIPTOR, ROOT_DESCRIPTOR, settleWorkingDirectory } from "./working-directory";
import { LABEL_STARTUP } from "./startup-data";

/** Descriptors that startup's answer can name. */
const GIVEN: i32 = 64;

/**
 * Begin a process; call once, before the program is instantiated: its instantiation may run code of it.
 * @param base the process's private region of this library's memory, 8-byte aligned
 * @param length its bytes, at least REGION_SIZE
 * @returns 0 or a negated error of the system
 */
export function init(base: usize, length: usize): i32 {
  if (length < REGION_SIZE || base & 7) return BadArgument;
  setRegion(base);
  clearRegion();
  const self = process();
  self.length = <u32>length;
  self.started = kernel.monotonic();
  kernel.r0a = startupData();
  kernel.r0n = startupSize();
  const status = kernel.call(SLOT_SELF, LABEL_STARTUP, 512);
  if (status < 0) return status;
  const given = client.process_startup_descriptors();
  self.pid = <i32>client.process_startup_pid();
  self.argumentBytes = <i32>client.process_startup_argumentsLength();
  self.environmentBytes = client.process_startup_data_length() - self.argumentBytes;
  // An answer that fills the buffer was cut off.
  if (self.environmentBytes < 0 || client.process_startup_data_length() == startupSize()) return TooLong;
  self.argumentCount = strings(startupData(), self.argumentBytes);
  self.environmentCount = strings(startupData() + self.argumentBytes, self.environmentBytes);
  preopen(ROOT_DESCRIPTOR, SLOT_ROOT);
  if (client.process_take(SLOT_SELF, DESCRIPTOR_DIRECTORY) >= 0) preopen(DOT_DESCRIPTOR, client.process_take_file());
  else preopen(DOT_DESCRIPTOR, SLOT_ROOT);
  self.workingDirectory = at(DOT_DESCRIPTOR).file;
  takeGiven(given);
  return 0;
}

/** The program's memory has its first contents: call once, before the program runs. */
export function begin(): void { settleWorkingDirectory(); }

function preopen(descriptor: i32, directory: i32): void {
  const open = at(descriptor);
  open.file = directory;
  open.kind = KIND_DIRECTORY;
  open.flags = PREOPENED | INHERITED;
}

/** Take the descriptors that were given: 0–2 and those above 4 keep their numbers; 3 and 4 are in use and move up. */
function takeGiven(given: u64): void {
  for (let descriptor = 0; descriptor < GIVEN; descriptor++) {
    if (!(given >> <u64>descriptor & 1) || client.process_take(SLOT_SELF, descriptor) < 0) continue;
    let to = descriptor;
    while (to < MAX_DESCRIPTORS && at(to).file) to++;
    inherit(to, client.process_take_file());
  }
}

function inherit(descriptor: i32, file: i32): void {
  const open = at(descriptor);
  open.file = file;
  open.kind = KIND_UNKNOWN;
  open.flags = CAN_READ | CAN_WRITE | SHARED_POSITION | INHERITED;
}

function strings(start: usize, length: i32): i32 {
  let count = 0;
  for (let at: usize = 0; at < <usize>length; at++) if (!load<u8>(start + at)) count++;
  return count;
}
