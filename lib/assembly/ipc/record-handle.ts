// The capability to a record that a server keeps in a NumberTable (an open file, a client of a mount): numbered, minted and watched in one step, which either comes
// about as a whole or leaves nothing behind.
//
//   const copy = handleGive(table, record, address of its number, address of its root);     the copy goes into the answer
//   handleEnd(table, number, root);                                                         when LABEL_ORPHAN says that the last one is gone

import * as kernel from "../kernel";
import { TooManyOpen } from "../../../abi/generated/assembly/errors";
import { NumberTable, numberAdd, numberRemove } from "../memory/number-table";
import { dropCap, handleMint } from "./handle";

/** Number the record and mint the watched root of its capabilities; both (u32, i32) are put where they are wanted. A copy to give away, or TooManyOpen. */
export function handleGive(table: NumberTable, record: usize, numberAt: usize, rootAt: usize): i32 {
  const number = numberAdd(table, record);
  if (!number) return TooManyOpen;
  const root = handleMint(number);
  const copy = root > 0 ? kernel.capCopy(root) : TooManyOpen;
  if (copy <= 0) {
    dropCap(root);
    numberRemove(table, number);
    return TooManyOpen;
  }
  store<u32>(numberAt, number);
  store<i32>(rootAt, root);
  return copy;
}

/** The number names nothing any more, and the root goes. */
export function handleEnd(table: NumberTable, number: u32, root: i32): void {
  numberRemove(table, number);
  dropCap(root);
}
