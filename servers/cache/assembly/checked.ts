// The cache, and the check of its state: what tests compile. Not part of the image.

import { aheadWaits } from "./ahead";
import { state } from "./state";

export { dispatch, init, serve, tick } from "./main";
export { brokenInvariant } from "./invariants";
export { aheadStep } from "./ahead";

/** As if the home Worker served: what is to be read ahead waits for aheadStep. How many requests wait. */
export function leaveAhead(): i32 {
  state().serving = true;
  return aheadWaits() ? <i32>state().aheadCount : 0;
}
