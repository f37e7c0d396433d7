// The frame around a server's code in a Worker of its caller's: what traps in there ends in here. Wasm cannot catch a trap itself, so the way from
// the kernel to a server leads through JavaScript.

export type Dispatch = (label: number, badge: number) => number;

/** Instead of a status: the server's code trapped. */
const TRAPPED = -1000;

/** The function by which the kernel enters the server on memory `memory` of this Worker, whose dispatch is in `at`. It returns the status of
 *  the answer, or TRAPPED; `passes` says what is not caught. A call for each memory (there are 15; 0 is page memory) in one function: an engine that finds
 *  one and the same server at a place of the code makes the call direct, which with all servers at one place costs 8 ns less. */
export function catchFrame(at: readonly (Dispatch | undefined)[], passes: (error: unknown) => boolean): (memory: number, label: number, badge: number) => number {
  return (memory, label, badge) => {
    try {
      switch (memory) {
        case 1: return at[1]!(label, badge);
        case 2: return at[2]!(label, badge);
        case 3: return at[3]!(label, badge);
        case 4: return at[4]!(label, badge);
        case 5: return at[5]!(label, badge);
        case 6: return at[6]!(label, badge);
        case 7: return at[7]!(label, badge);
        case 8: return at[8]!(label, badge);
        case 9: return at[9]!(label, badge);
        case 10: return at[10]!(label, badge);
        case 11: return at[11]!(label, badge);
        case 12: return at[12]!(label, badge);
        case 13: return at[13]!(label, badge);
        case 14: return at[14]!(label, badge);
        default: return at[15]!(label, badge);
      }
    } catch (error) {
      if (passes(error)) throw error;
      return TRAPPED;
    }
  };
}
