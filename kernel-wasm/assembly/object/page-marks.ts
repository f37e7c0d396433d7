// Marks of a page, in its entry of the page table, as an MMU keeps them:
//
//   31 dirty    30 referenced    29–0 frame number; the whole entry is 0 where the page is absent
//
// Readers and writers of pages take no lock, so each mark is set and cleared by compare-and-exchange of the whole entry. Entries appear,
// move and go under the kernel lock only. Who meets whom (the same numbers at both sites):
//
// (1) Writer and cleaner. A writer marks the page before it copies (1A) and looks again after (1B), with a fence in between; a cleaner clears
//     the mark (1C) and then reads the page. If 1B comes before 1C, the cleaner reads all that was written; if not, 1B finds the mark
//     gone and sets it again. So a page that is not dirty has nothing that a cleaner could not have read.
// (2) Writer and reclaimer. Only an entry without the dirty mark is taken out, in one step (2A): never a page that a writer has marked and is
//     copying to. Should a cleaner have cleared the mark meanwhile, or whoever evicts or cuts not care for it, the writer finds another
//     entry after its copy (2B) and writes once more, to the page that is there then. It cannot be the same frame: that waits in limbo (I10).
// (3) Marking and dropping. A mark is set only on the entry that was seen (3A), so what was dropped (3B) does not come to life.
// (4) Marking and a growing table. The one entry of a table of depth 0 moves into a node: the word that holds it is exchanged as a whole
//     (4A), and 3A fails on it afterwards, so that no mark stays behind.
// (5) Supplying and writing. An entry is made under the lock, where there is none, with its contents before it (5A).
// (6) Writing and cutting. Who cuts sets the size, then clears the rest of the last page (6A); who has written looks at the size after (6B),
//     and clears that rest himself if it has become smaller. So it is zeros either way.
//
// A reader that copies from a frame while it is reclaimed still reads what was there: limbo again.

import { ENTRY_FRAME } from "../../../abi/layout/kernel-memory";
import { MARK_DIRTY, MARK_REFERENCED } from "../../../abi/layout/limits";

export const DIRTY: u32 = 0x80000000;
export const REFERENCED: u32 = 0x40000000;
export const WRITTEN: u32 = 0xc0000000;
@inline export function frameOf(entry: u32): u32 { return entry & ENTRY_FRAME; }
/** The marks that MARK_… bits mean. */
@inline export function marksOf(bits: i32): u32 { return (bits & MARK_DIRTY ? DIRTY : 0) | (bits & MARK_REFERENCED ? REFERENCED : 0); }

/** The page is being read. One try: whoever changes the entry at this moment may as well have come later. (3A) */
export function markReferenced(slot: usize, entry: u32): void { atomic.cmpxchg<u32>(slot, entry, entry | REFERENCED); }

/** (1A, 3A) The page is about to be written: its entry from now on, or 0 if it is not the page that was seen any more. */
export function markWritten(slot: usize, entry: u32): u32 {
  while (true) {
    const seen = atomic.cmpxchg<u32>(slot, entry, entry | WRITTEN);
    if (seen == entry) return entry | WRITTEN;
    if (frameOf(seen ^ entry)) return 0;
    entry = seen;
  }
}

/** (1B, 2B) The page has been written, and its entry is now `seen` instead of `entry`: whether it is the same page, dirty. */
export function markAgain(slot: usize, seen: u32, entry: u32): bool {
  while (true) {
    if (frameOf(seen ^ entry)) return false;
    if (seen & DIRTY) return true;
    const found = atomic.cmpxchg<u32>(slot, seen, seen | DIRTY);
    if (found == seen) return true;
    seen = found;
  }
}

/** (1C) Clear marks: the entry as it was. */
export function clearMarks(slot: usize, marks: u32): u32 {
  let entry = atomic.load<u32>(slot);
  while (entry & marks) {
    const seen = atomic.cmpxchg<u32>(slot, entry, entry & ~marks);
    if (seen == entry) break;
    entry = seen;
  }
  return entry;
}

/** (2A) Take the entry out if it is not dirty: what it was, or 0. */
export function takeClean(slot: usize): u32 {
  let entry = atomic.load<u32>(slot);
  while (entry != 0 && !(entry & DIRTY)) {
    const seen = atomic.cmpxchg<u32>(slot, entry, 0);
    if (seen == entry) return entry;
    entry = seen;
  }
  return 0;
}
