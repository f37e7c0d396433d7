// random_get.

import { EFAULT, EIO } from "../../layout/wasi";
import { RANGE_LIMIT, SLOT_NAMES } from "../../../../abi/layout/limits";
import { names_lookup, names_lookup_object } from "../../../../abi/generated/assembly/client/names";
import { random_bytes, random_bytes_data_length } from "../../../../abi/generated/assembly/client/random";
import { errnoOf } from "../generated/errno-of";
import { copyOut, inside } from "../program";
import { process, scratch, secondPath } from "../region";

export function random_get(address: usize, length: i32): i32 {
  if (!inside(address, length)) return EFAULT;
  let status = findServer();
  let left = <u32>length;
  while (left && status >= 0) {
    const part = min(left, <u32>RANGE_LIMIT);
    status = random_bytes(process().random, part, scratch(), part);
    if (status < 0) break;
    const got = <u32>random_bytes_data_length();
    if (!got || got > part) return EIO;
    copyOut(address, scratch(), got);
    address += got;
    left -= got;
  }
  return errnoOf(status);
}

function findServer(): i32 {
  if (process().random) return 0;
  // "random", low byte first
  store<u64>(secondPath(), 0x6d6f646e6172);
  const status = names_lookup(SLOT_NAMES, true, secondPath(), 6);
  if (status >= 0) process().random = names_lookup_object();
  return status;
}
