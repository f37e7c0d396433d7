// Clock (Corbató 1968), as a list: the hand points at its cold end; a page that was referenced goes round once more.
//
//   list 0  pages

import { PolicyEntry, PolicyState, coldest, makeHottest } from "./policy-state";

export function clockFirst(policy: PolicyState): PolicyEntry {
  let entry = coldest(policy, 0);
  while (changetype<usize>(entry) && entry.referenced) {
    entry.referenced = false;
    makeHottest(policy, 0, entry);
    entry = coldest(policy, 0);
  }
  return entry;
}
