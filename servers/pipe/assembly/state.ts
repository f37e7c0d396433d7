// The root record of the pipe server: the table of ends, whose numbers are the badges.

import { SERVER_STATE } from "../../../lib/assembly/memory/layout";
import { NumberTable, numbersInitialize } from "../../../lib/assembly/memory/number-table";

@unmanaged export class State {
  /** NumberTable of Ends. */
  ends0: u64;
  ends1: u64;
  ends2: u64;
  /** Inode numbers of pipes, never used twice. */
  lastInode: u64;
}

@inline export function state(): State { return changetype<State>(SERVER_STATE); }
@inline export function ends(): NumberTable { return changetype<NumberTable>(SERVER_STATE); }

/** Empty tables; false if the memory is too small for them. */
export function initializeState(): bool { return numbersInitialize(ends()); }
