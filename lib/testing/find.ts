// Looking up a slot of a domain on the fake machine.

import type { Capability } from "./capability.ts";
import type { Domain } from "./fake-machine.ts";

/** The object of a kind behind a slot, and the capability, or undefined. */
export function find<T>(domain: Domain, slot: number, kind: new (...args: never[]) => T): { object: T; cap: Capability } | undefined {
  const cap = domain.table.get(slot);
  return cap && cap.object instanceof kind ? { object: cap.object, cap } : undefined;
}
