// Replaying the journal when a volume is attached. Three passes over its transactions: where they end; what was revoked, by which of them;
// and then every block of the committed ones goes to its place, in order, unless it was revoked by the same or a later one.
//
// If the journal has checksums, a transaction with a wrong one was not written to its end: it, and what follows it, does not count. Where the commit
// block comes last, or another transaction follows, that is damage: what is before it is replayed, and the volume counts as faulty.
//
// On a read-only volume nothing is written: the blocks become private copies, which blockPeek sees; and file data is read from the journal (placeToRead).

import { volume_writeThrough } from "../../../abi/generated/assembly/client/volume";
import { Corrupt, Io, NoMemory } from "../../../abi/generated/assembly/errors";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import { HashTable, hashFirst, hashInitialize, hashInsert, hashNext, hashNumber } from "../../../lib/assembly/memory/hash-table";
import {
  CHECKSUM_CRC32, CHECKSUM_SIZE, COMMIT_CHECKSUM, COMMIT_SIZE, COMMIT_TYPE, JBD_COMMIT, JBD_DESCRIPTOR, JBD_HEADER, JBD_MAGIC, JBD_REVOKE, JBD_TAG, JBD_UUID, REVOKE_HEADER, TAG_ESCAPED, TAG_LAST, TAG_SAME_UUID,
} from "../../../lib/formats/ext2";
import { bufferNew } from "./buffer";
import { CHECKSUM_START, checksum } from "./checksum";
import { loadBig, storeBig } from "./endian";
import { imageRead, sayDone, sayStart } from "./image";
import { logBlock, logNext } from "./journal";
import { sayJournal, sayOutOfRange, sayTagOutOfRange } from "./phrases";
import { loggedPlace } from "./revoke";
import { Volume } from "./volume";

/** EBADMSG. */
const BAD_CHECKSUM: i32 = -74;

const PASS_SCAN: i32 = 0;
const PASS_REVOKE: i32 = 1;
const PASS_REPLAY: i32 = 2;

@unmanaged class Revoked {
  hashNext: u32;
  hash: u32;
  block: u32;
  sequence: u32;
}

/** Replay from ring position `start`, where transaction `sequence` should be. 0, and `sequence` of the volume is the next; or a negated error. */
export function replay(v: Volume, start: u32, sequence: u32): i32 {
  const table = changetype<HashTable>(allocateRaw(<i32>offsetof<HashTable>()));
  if (!changetype<usize>(table)) return NoMemory;
  if (!hashInitialize(table)) { release(changetype<usize>(table)); return NoMemory; }
  v.sequence = sequence;
  let status = pass(v, start, sequence, sequence, PASS_SCAN, table);
  const end = v.sequence;
  if (status == 0 && end != sequence) {
    status = pass(v, start, sequence, end, PASS_REVOKE, table);
    if (status == 0) status = pass(v, start, sequence, end, PASS_REPLAY, table);
  }
  for (let i: u32 = 0; i <= table.mask; i++) {
    let node = <usize>load<u32>(<usize>table.buckets + (<usize>i << 2));
    while (node) {
      const next = <usize>changetype<Revoked>(node).hashNext;
      release(node);
      node = next;
    }
  }
  release(<usize>table.buckets);
  release(changetype<usize>(table));
  v.sequence = end;
  return status;
}

/** One pass. PASS_SCAN sets `sequence` of the volume to the first that is not committed; the others stop at `end`. */
function pass(v: Volume, start: u32, first: u32, end: u32, kind: i32, table: HashTable): i32 {
  let index = start, sequence = first, looked: u32 = 0, sum = CHECKSUM_START, broken = false;
  const checked = kind == PASS_SCAN && v.logChecked != 0;
  while (kind == PASS_SCAN || sequence != end) {
    // Once around is enough.
    if (++looked > v.logBlocks) return 0;
    if (imageRead(v, <u64>logBlock(v, index) << v.blockShift, v.block2, <i32>v.blockSize) < 0) return Io;
    if (loadBig(v.block2, 0) != JBD_MAGIC || loadBig(v.block2, 8) != sequence) return 0;
    const type = loadBig(v.block2, 4);
    index = logNext(v, index);
    if (type == JBD_COMMIT) {
      if (broken || checked && !isWhole(v, sum)) {
        if (broken || !v.logAsync) { v.journalError = BAD_CHECKSUM; return 0; }
        broken = true;
      }
      sequence++;
      sum = CHECKSUM_START;
      if (kind == PASS_SCAN && !broken) v.sequence = sequence;
    } else if (type == JBD_REVOKE) {
      if (kind != PASS_REVOKE) continue;
      const status = takeRevoked(v, sequence, table);
      if (status < 0) return status;
    } else if (type == JBD_DESCRIPTOR) {
      let at = v.block2 + JBD_HEADER, flags: u32 = 0;
      if (checked) sum = checksum(sum, v.block2, v.blockSize);
      while (!(flags & TAG_LAST) && at + JBD_TAG <= v.block2 + <usize>v.blockSize) {
        const block = loadBig(at, 0);
        flags = loadBig(at, 4) & 0xffff;
        at += JBD_TAG + (flags & TAG_SAME_UUID ? 0 : JBD_UUID);
        if (++looked > v.logBlocks) return 0;
        if (checked) {
          if (imageRead(v, <u64>logBlock(v, index) << v.blockShift, v.transfer, <i32>v.blockSize) < 0) return Io;
          sum = checksum(sum, v.transfer, v.blockSize);
        }
        if (kind == PASS_REPLAY) {
          const status = putBlock(v, logBlock(v, index), block, flags, sequence, table);
          if (status < 0) return status;
        }
        index = logNext(v, index);
      }
    } else return 0;
  }
  return 0;
}

/** Whether the commit block at hand belongs to blocks with that checksum. Linux leaves it out where it wrote none. */
function isWhole(v: Volume, sum: u32): bool {
  const type = load<u8>(v.block2, COMMIT_TYPE), size = load<u8>(v.block2, COMMIT_SIZE), found = loadBig(v.block2, COMMIT_CHECKSUM);
  return type == CHECKSUM_CRC32 && size == CHECKSUM_SIZE && found == sum || !type && !size && !found;
}

function takeRevoked(v: Volume, sequence: u32, table: HashTable): i32 {
  const end = min(loadBig(v.block2, JBD_HEADER), v.blockSize);
  for (let at: u32 = REVOKE_HEADER; at + 4 <= end; at += 4) {
    const block = loadBig(v.block2 + <usize>at, 0);
    let known = findRevoked(table, block);
    if (changetype<usize>(known)) { known.sequence = sequence; continue; }
    known = changetype<Revoked>(allocateRaw(<i32>offsetof<Revoked>()));
    if (!changetype<usize>(known)) return NoMemory;
    known.block = block;
    known.sequence = sequence;
    hashInsert(table, changetype<usize>(known), hashNumber(block));
  }
  return 0;
}

function findRevoked(table: HashTable, block: u32): Revoked {
  for (let node = hashFirst(table, hashNumber(block)); node; node = hashNext(node)) if (changetype<Revoked>(node).block == block) return changetype<Revoked>(node);
  return changetype<Revoked>(0);
}

function putBlock(v: Volume, from: u32, block: u32, flags: u32, sequence: u32, table: HashTable): i32 {
  const revoked = findRevoked(table, block);
  if (changetype<usize>(revoked) && <i32>(sequence - revoked.sequence) <= 0) return 0;
  if (block >= v.blocks) {
    const t = sayStart();
    if (changetype<usize>(t)) {
      sayJournal(t);
      sayTagOutOfRange(t);
      t.decimal(block);
      sayOutOfRange(t);
    }
    sayDone(t, true);
    return Corrupt;
  }
  if (imageRead(v, <u64>from << v.blockShift, v.transfer, <i32>v.blockSize) < 0) return Io;
  if (flags & TAG_ESCAPED) storeBig(v.transfer, JBD_MAGIC, 0);
  v.replayed++;
  if (!v.readOnly) return volume_writeThrough(v.volume, <u64>block << v.blockShift, v.transfer, <i32>v.blockSize);
  const copy = bufferNew(v, block);
  if (!copy) return NoMemory;
  memory.copy(copy, v.transfer, <usize>v.blockSize);
  return loggedPlace(v, block, flags & TAG_ESCAPED ? 0 : from) ? 0 : NoMemory;
}
