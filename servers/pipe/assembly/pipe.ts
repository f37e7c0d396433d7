// The interface `pipe`: makes pipes.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, NoMemory, TooManyOpen } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { End, endForget, pipeCreate, pipeDrop } from "./end";
import { answer_create } from "./generated/pipe-dispatch";

export function create(badge: u32): i32 {
  if (badge) return BadHandle;
  const pipe = pipeCreate();
  if (!changetype<usize>(pipe)) return NoMemory;
  const reader = changetype<End>(<usize>pipe.reader);
  const writer = changetype<End>(<usize>pipe.writer);
  const readerCopy = kernel.capCopy(reader.root);
  const writerCopy = kernel.capCopy(writer.root);
  if (readerCopy > 0 && writerCopy > 0) {
    answer_create(readerCopy, writerCopy);
    return 0;
  }
  // The notices of copies that go here reach numbers that are forgotten.
  dropCap(readerCopy);
  dropCap(writerCopy);
  endForget(reader);
  endForget(writer);
  pipe.reader = 0;
  pipe.writer = 0;
  pipeDrop(pipe);
  return TooManyOpen;
}
