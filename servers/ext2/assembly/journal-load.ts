// Finding the journal of a volume that is being attached, and checking it.

import { Corrupt, NotSupported, NoMemory } from "../../../abi/generated/assembly/errors";
import { allocateRaw, release } from "../../../lib/assembly/memory/allocator";
import {
  JBD_MAGIC, JBD_SUPER_1, JBD_SUPER_2, JOURNAL_MIN_BLOCKS, JS_BLOCKS, JS_BLOCK_SIZE, JS_ERROR, JS_COMPATIBLE, JS_COMPATIBLE_CHECKSUM, JS_FIRST, JS_INCOMPATIBLE,
  JS_INCOMPATIBLE_ASYNC_COMMIT, JS_INCOMPATIBLE_REVOKE, JS_READ_ONLY_COMPATIBLE, JS_SEQUENCE, JS_START,
} from "../../../lib/formats/ext2";
import { blockOf } from "./block-map";
import { loadBig } from "./endian";
import { imageRead, sayDone, sayHex, sayStart } from "./image";
import { Inode, noInode } from "./inode";
import { inodeLoad } from "./inode-cache";
import {
  sayBlockSize, sayExternal, sayFeature, sayFirst, sayHole, sayJournal, sayJournalFeature, sayJournalInode, sayMagic, sayOutOfRange, sayShouldBe, sayStart as sayStartField, sayTooShort, sayType,
} from "./phrases";
import { Volume } from "./volume";

const WRONG_INODE: i32 = 0;
const WRONG_HOLE: i32 = 1;
const WRONG_MAGIC: i32 = 2;
const WRONG_TYPE: i32 = 3;
const WRONG_BLOCK_SIZE: i32 = 4;
const WRONG_BLOCKS: i32 = 5;
const WRONG_FIRST: i32 = 6;
const WRONG_START: i32 = 7;
const WRONG_FEATURE: i32 = 8;
const WRONG_DEVICE: i32 = 9;

function wrong(what: i32, value: u32, status: i32): i32 {
  const t = sayStart();
  if (!changetype<usize>(t)) return status;
  sayJournal(t);
  switch (what) {
    case WRONG_INODE: sayJournalInode(t); t.decimal(value); sayOutOfRange(t); break;
    case WRONG_HOLE: sayHole(t); t.decimal(value); break;
    case WRONG_MAGIC: sayMagic(t); sayHex(t, value); sayShouldBe(t); sayHex(t, JBD_MAGIC); break;
    case WRONG_TYPE: sayType(t); t.decimal(value); sayOutOfRange(t); break;
    case WRONG_BLOCK_SIZE: sayBlockSize(t); t.decimal(value); sayOutOfRange(t); break;
    case WRONG_BLOCKS: sayTooShort(t); t.decimal(value); break;
    case WRONG_FIRST: sayFirst(t); t.decimal(value); sayOutOfRange(t); break;
    case WRONG_START: sayStartField(t); t.decimal(value); sayOutOfRange(t); break;
    case WRONG_FEATURE: sayFeature(t); sayJournalFeature(t, <i32>ctz(value)); t.constant(0x2820); sayHex(t, value & -value); t.byte(0x29); break; // " ("
    default: sayExternal(t);
  }
  sayDone(t, true);
  return status;
}

/** What the journal's superblock says, in `start`, `sequence` and `error` of the volume's log fields: 0, or a negated error with the reason said. */
export function journalLoad(v: Volume, number: u32): i32 {
  if (!number) return wrong(WRONG_DEVICE, 0, NotSupported);
  if (number > v.inodeCount) return wrong(WRONG_INODE, number, Corrupt);
  const inode = inodeLoad(v, number);
  if (noInode(inode) || !inode.isRegular) return wrong(WRONG_INODE, number, Corrupt);
  v.journalInode = number;
  const status = mapRead(v, inode, <u32>min(inode.size >> v.blockShift, <u64>v.blocks));
  if (status < 0) return status;
  if (imageRead(v, <u64>load<u32>(v.log) << v.blockShift, v.transfer, 1024) < 0) return wrong(WRONG_HOLE, 0, Corrupt);
  const s = v.transfer, type = loadBig(s, 4), blocks = loadBig(s, JS_BLOCKS);
  if (loadBig(s, 0) != JBD_MAGIC) return wrong(WRONG_MAGIC, loadBig(s, 0), Corrupt);
  if (type != JBD_SUPER_1 && type != JBD_SUPER_2) return wrong(WRONG_TYPE, type, Corrupt);
  if (loadBig(s, JS_BLOCK_SIZE) != v.blockSize) return wrong(WRONG_BLOCK_SIZE, loadBig(s, JS_BLOCK_SIZE), Corrupt);
  if (blocks > v.logBlocks || blocks < <u32>JOURNAL_MIN_BLOCKS) return wrong(WRONG_BLOCKS, blocks, Corrupt);
  v.logBlocks = blocks;
  v.logFirst = loadBig(s, JS_FIRST);
  if (!v.logFirst || v.logFirst >= blocks - JOURNAL_MIN_BLOCKS / 2) return wrong(WRONG_FIRST, v.logFirst, Corrupt);
  v.logTail = loadBig(s, JS_START);
  if (v.logTail && (v.logTail < v.logFirst || v.logTail >= blocks)) return wrong(WRONG_START, v.logTail, Corrupt);
  v.sequence = loadBig(s, JS_SEQUENCE);
  v.journalError = loadBig(s, JS_ERROR);
  if (type == JBD_SUPER_2) {
    v.logChecked = loadBig(s, JS_COMPATIBLE) & JS_COMPATIBLE_CHECKSUM ? 1 : 0;
    v.logAsync = loadBig(s, JS_INCOMPATIBLE) & JS_INCOMPATIBLE_ASYNC_COMMIT ? 1 : 0;
    const unknown = loadBig(s, JS_INCOMPATIBLE) & ~(JS_INCOMPATIBLE_REVOKE | JS_INCOMPATIBLE_ASYNC_COMMIT);
    if (unknown) return wrong(WRONG_FEATURE, unknown, NotSupported);
    if (loadBig(s, JS_READ_ONLY_COMPATIBLE)) return wrong(WRONG_FEATURE, loadBig(s, JS_READ_ONLY_COMPATIBLE), NotSupported);
  }
  return 0;
}

/** Where its blocks are. */
export function mapRead(v: Volume, inode: Inode, blocks: u32): i32 {
  if (blocks < <u32>JOURNAL_MIN_BLOCKS) return wrong(WRONG_BLOCKS, blocks, Corrupt);
  release(v.log);
  v.log = allocateRaw(<i32>(blocks << 2));
  if (!v.log) return NoMemory;
  v.logBlocks = blocks;
  for (let i: u32 = 0; i < blocks; i++) {
    const block = blockOf(v, inode, i);
    if (block <= 0) {
      v.logBlocks = 0;
      release(v.log);
      v.log = 0;
      return block < 0 ? <i32>block : wrong(WRONG_HOLE, i, Corrupt);
    }
    store<u32>(v.log + (<usize>i << 2), <u32>block);
  }
  return 0;
}
