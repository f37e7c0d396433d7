// The checksum of a journal's transactions: CRC-32, the most significant bit first, four bytes at a time by tables that the server makes when it starts.
//
//   sum = checksum(CHECKSUM_START, block, length); sum = checksum(sum, next, length); …       lengths are multiples of four

import { allocateRaw } from "../../../lib/assembly/memory/allocator";
import { CRC32_POLYNOMIAL } from "../../../lib/formats/ext2";
import { loadBig } from "./endian";
import { state } from "./state";

export const CHECKSUM_START: u32 = 0xffffffff;
const TABLE: usize = 1024;

/** Four tables: what a byte does to the sum when no, one, two or three bytes follow it. 0 without memory. */
export function checksumTables(): usize {
  const tables = allocateRaw(4096);
  if (!tables) return 0;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let sum = byte << 24;
    for (let table: usize = 0; table < 4 * TABLE; table += TABLE) {
      for (let bit = 0; bit < 8; bit++) sum = sum << 1 ^ (sum >> 31 ? <u32>CRC32_POLYNOMIAL : 0);
      store<u32>(tables + table + (<usize>byte << 2), sum);
    }
  }
  return tables;
}

export function checksum(sum: u32, at: usize, length: u32): u32 {
  const tables = state().checksums, end = at + <usize>length;
  for (; at < end; at += 4) {
    const word = sum ^ loadBig(at, 0);
    sum = load<u32>(tables + 3 * TABLE + (<usize>(word >> 24) << 2)) ^ load<u32>(tables + 2 * TABLE + (<usize>(word >> 16 & 255) << 2))
      ^ load<u32>(tables + TABLE + (<usize>(word >> 8 & 255) << 2)) ^ load<u32>(tables + (<usize>(word & 255) << 2));
  }
  return sum;
}
