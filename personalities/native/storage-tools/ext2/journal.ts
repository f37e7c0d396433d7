// Replaying the journal of a volume into its changed blocks, as an attach would: what the checker looks at is the file system after it.
// A transaction whose checksum is wrong was not written to its end, and does not count, nor does what follows it.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import type { Ext2Volume } from "./volume.ts";

export interface Replayed { readonly blocks: number; /** Of the journal's superblock: 0, or what went wrong while it was in use. */ readonly error: number }

/** Throws an Error that says what is wrong with the journal. */
export function replayJournal(volume: Ext2Volume, numbers: readonly number[]): Replayed {
  const { blockSize, blocks: total } = volume.layout, first = volume.block(numbers[0]!), s = new DataView(first.buffer), problem = (text: string): never => { throw new Error(`journal: ${text}`); };
  const type = s.getUint32(4), blocks = s.getUint32(ext2.JS_BLOCKS), start = s.getUint32(ext2.JS_START), begin = s.getUint32(ext2.JS_FIRST);
  if (s.getUint32(0) !== ext2.JBD_MAGIC) problem(`magic 0x${s.getUint32(0).toString(16)}, should be 0x${ext2.JBD_MAGIC.toString(16)}`);
  if (type !== ext2.JBD_SUPER_1 && type !== ext2.JBD_SUPER_2) problem(`block type ${type} is out of range`);
  if (s.getUint32(ext2.JS_BLOCK_SIZE) !== blockSize) problem(`block size ${s.getUint32(ext2.JS_BLOCK_SIZE)}, should be ${blockSize}`);
  if (blocks > numbers.length || blocks < ext2.JOURNAL_MIN_BLOCKS) problem(`blocks ${blocks} is out of range`);
  if (begin < 1 || begin >= blocks) problem(`first ${begin} is out of range`);
  if (start && (start < begin || start >= blocks)) problem(`start ${start} is out of range`);
  const features = type === ext2.JBD_SUPER_2 ? s.getUint32(ext2.JS_INCOMPATIBLE) : 0, unknown = features & ~(ext2.JS_INCOMPATIBLE_REVOKE | ext2.JS_INCOMPATIBLE_ASYNC_COMMIT);
  if (unknown) problem(`feature 0x${unknown.toString(16)} is not supported`);
  const checked = type === ext2.JBD_SUPER_2 && (s.getUint32(ext2.JS_COMPATIBLE) & ext2.JS_COMPATIBLE_CHECKSUM) !== 0;
  let error = s.getInt32(ext2.JS_ERROR);
  if (!start) return { blocks: 0, error };

  const sequence = s.getUint32(ext2.JS_SEQUENCE), revoked = new Map<number, number>(), log: { block: number; from: number; escaped: boolean; sequence: number }[] = [];
  let end = sequence;
  /** One walk over the transactions from the first; `upTo`: those before it only. */
  const walk = (upTo: number | undefined, visit: (type: number, bytes: DataView, at: number, current: number) => unknown): void => {
    for (let at = start, current = sequence, looked = 0; current !== upTo && looked < blocks; looked++) {
      const view = new DataView(volume.block(numbers[at]!).buffer), kind = view.getUint32(4);
      if (view.getUint32(0) !== ext2.JBD_MAGIC || view.getUint32(8) !== current) return;
      if (visit(kind, view, at, current) === false) return;
      at = next(at);
      if (kind === ext2.JBD_COMMIT) current = current + 1 >>> 0;
      else if (kind === ext2.JBD_DESCRIPTOR) for (const _ of tags(view)) { at = next(at); looked++; }
      else if (kind !== ext2.JBD_REVOKE) return;
    }
  };
  const next = (at: number): number => (at + 1 === blocks ? begin : at + 1);
  function* tags(view: DataView): Generator<{ block: number; flags: number }> {
    for (let at = ext2.JBD_HEADER; at + ext2.JBD_TAG <= view.byteLength;) {
      const block = view.getUint32(at), flags = view.getUint16(at + 6);
      yield { block, flags };
      if (flags & ext2.TAG_LAST) return;
      at += ext2.JBD_TAG + (flags & ext2.TAG_SAME_UUID ? 0 : ext2.JBD_UUID);
    }
  }
  let sum = CHECKSUM_START, broken = false;
  walk(undefined, (kind, view, at, current) => {
    if (checked && kind === ext2.JBD_DESCRIPTOR) {
      sum = checksum(sum, new Uint8Array(view.buffer));
      let from = at;
      for (const _ of tags(view)) sum = checksum(sum, volume.block(numbers[from = next(from)]!));
    }
    if (kind !== ext2.JBD_COMMIT) return true;
    if (broken || (checked && !isWhole(view, sum))) {
      // Where the commit block comes last, or another transaction follows, it is damage.
      if (broken || !(features & ext2.JS_INCOMPATIBLE_ASYNC_COMMIT)) { error = BAD_CHECKSUM; return false; }
      broken = true;
    }
    sum = CHECKSUM_START;
    if (!broken) end = current + 1 >>> 0;
    return true;
  });
  walk(end, (kind, view, at, current) => {
    if (kind === ext2.JBD_REVOKE) for (let i = ext2.REVOKE_HEADER; i + 4 <= Math.min(view.getUint32(ext2.JBD_HEADER), blockSize); i += 4) revoked.set(view.getUint32(i), current);
    if (kind !== ext2.JBD_DESCRIPTOR) return;
    let from = at;
    for (const { block, flags } of tags(view)) {
      from = next(from);
      if (block >= total) problem(`names block ${block}, which is out of range`);
      log.push({ block, from, escaped: (flags & ext2.TAG_ESCAPED) !== 0, sequence: current });
    }
  });
  const live = log.filter(({ block, sequence: logged }) => !revoked.has(block) || (logged - revoked.get(block)! | 0) > 0);
  for (const { block, from, escaped } of live) {
    const bytes = volume.block(numbers[from]!);
    if (escaped) new DataView(bytes.buffer).setUint32(0, ext2.JBD_MAGIC);
    volume.put(block, bytes);
  }
  s.setUint32(ext2.JS_START, 0);
  s.setInt32(ext2.JS_ERROR, error);
  if (type === ext2.JBD_SUPER_2) s.setUint32(ext2.JS_INCOMPATIBLE, features & ~ext2.JS_INCOMPATIBLE_ASYNC_COMMIT);
  s.setUint32(ext2.JS_SEQUENCE, end + 1 >>> 0);
  volume.put(numbers[0]!, first);
  return { blocks: live.length, error };
}

/** EBADMSG. */
const BAD_CHECKSUM = -74;
const CHECKSUM_START = 0xffffffff;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum << 1 ^ (sum < 0 ? ext2.CRC32_POLYNOMIAL : 0);
  return sum;
});

function checksum(sum: number, bytes: Uint8Array): number {
  for (const byte of bytes) sum = sum << 8 ^ TABLE[(sum >>> 24) ^ byte]!;
  return sum >>> 0;
}

/** Whether a commit block belongs to blocks with that checksum. Linux leaves it out where it wrote none. */
function isWhole(view: DataView, sum: number): boolean {
  const type = view.getUint8(ext2.COMMIT_TYPE), size = view.getUint8(ext2.COMMIT_SIZE), found = view.getUint32(ext2.COMMIT_CHECKSUM);
  return (type === ext2.CHECKSUM_CRC32 && size === ext2.CHECKSUM_SIZE && found === sum) || (type === 0 && size === 0 && found === 0);
}
