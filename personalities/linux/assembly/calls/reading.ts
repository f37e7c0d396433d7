// fd_read, fd_pread. A file with a Dataspace is read by one kernel call per iovec, straight into the program's memory; all else
// asks the file's server, through scratch memory.

import { EBADF, EFAULT, EINVAL, EISDIR } from "../../layout/wasi";
import { RANGE_LIMIT } from "../../../../abi/layout/limits";
import * as kernel from "../../../../lib/assembly/kernel";
import { Fault } from "../../../../abi/generated/assembly/errors";
import { file_read, file_read_data_length } from "../../../../abi/generated/assembly/client/file";
import { CAN_READ, Descriptor, KIND_DIRECTORY, KIND_REGULAR, SHARED_POSITION, MAX_DESCRIPTORS, at, find } from "../descriptor-table";
import { describe } from "../descriptor-kind";
import { errnoOf } from "../generated/errno-of";
import { copyOut, inside, insideWord, knownInside, load64, readNow, store32 } from "../program";
import { scratch } from "../region";
import { checkIoVectors, ioVectorAddress, ioVectorLength } from "../io-vectors";

/** To dataspaceRead: the memory is the program's. */
const PROGRAM_MEMORY: i32 = 1;

export function fd_read(descriptor: i32, vectors: usize, count: i32, result: usize): i32 {
  if (<u32>descriptor >= <u32>MAX_DESCRIPTORS) return EBADF;
  const open = at(descriptor);
  const data = open.readData;
  // The hot path: one iovec, cached contents.
  if (data && count == 1 && knownInside(vectors, result)) {
    const vector = load64(vectors), position = open.position;
    const got = readNow(data, position, PROGRAM_MEMORY, <usize>vector, <i32>(vector >> 32));
    if (got >= 0) {
      open.position = position + got;
      store32(result, got);
      return 0;
    }
  }
  return readVectors(descriptor, vectors, count, -1, result);
}

export function fd_pread(descriptor: i32, vectors: usize, count: i32, offset: i64, result: usize): i32 {
  if (offset < 0) return find(descriptor) ? EINVAL : EBADF;
  return readVectors(descriptor, vectors, count, offset, result);
}

/** @param offset where to read, or -1: at the descriptor's position, which then advances */
function readVectors(descriptor: i32, vectors: usize, count: i32, offset: i64, result: usize): i32 {
  const open = find(descriptor);
  if (!open) return EBADF;
  if (open.kind == KIND_DIRECTORY) return EISDIR;
  if (!(open.flags & CAN_READ)) return EBADF;
  // (The greater one, so that both are known next time.)
  if (!insideWord(max(vectors, result)) && !inside(result, 4)) return EFAULT;
  const wrong = checkIoVectors(vectors, count);
  if (wrong) return wrong;
  const own = offset < 0;
  const position = !own ? offset : open.flags & SHARED_POSITION ? -1 : open.position;
  const got = open.readData
    ? readDataspace(open.readData, vectors, count, position)
    : readServer(open, vectors, count, position);
  if (got < 0) return errnoOf(got);
  if (own && position >= 0) open.position = position + got;
  store32(result, <u32>got);
  return 0;
}

/** Bytes read, or a negated error if there are none. */
function readDataspace(data: i32, vectors: usize, count: i32, position: i64): i32 {
  let total = 0;
  for (let index = 0; index < count; index++) {
    const length = ioVectorLength(vectors, index);
    const got = kernel.dataspaceRead(data, position + total, PROGRAM_MEMORY, ioVectorAddress(vectors, index), length);
    if (got < 0) return total ? total : got;
    total += got;
    if (got < length) break;
  }
  return total;
}

/** One read fills at most the scratch range; a regular file is then read on, a pipe or terminal gives what it has. */
function readServer(open: Descriptor, vectors: usize, count: i32, position: i64): i32 {
  let total = 0;
  let index = 0;
  let used = 0; // of the iovec `index`
  while (true) {
    const wanted = wantedFrom(vectors, count, index, used);
    if (wanted < 0) return total ? total : wanted;
    const status = file_read(open.file, position < 0 ? -1 : position + total, scratch(), wanted);
    if (status < 0) return total ? total : status;
    const got = min(file_read_data_length(), wanted);
    let done = 0;
    while (done < got) {
      const room = ioVectorLength(vectors, index) - used;
      const part = min(room, got - done);
      copyOut(ioVectorAddress(vectors, index) + used, scratch() + done, part);
      done += part;
      if (part == room) {
        index++;
        used = 0;
      } else used += part;
    }
    total += got;
    if (got < RANGE_LIMIT) return total;
    describe(open);
    if (open.kind != KIND_REGULAR) return total;
  }
}

/** Bytes still wanted, at most RANGE_LIMIT, by iovecs that all lie in the program's memory; or the negated error Fault. */
function wantedFrom(vectors: usize, count: i32, index: i32, used: i32): i32 {
  let wanted = -used;
  for (; index < count && wanted < RANGE_LIMIT; index++) {
    const length = ioVectorLength(vectors, index);
    if (!inside(ioVectorAddress(vectors, index), length)) return Fault;
    if (length > RANGE_LIMIT - wanted) return RANGE_LIMIT;
    wanted += length;
  }
  return wanted;
}
