// Finds servers by name, and remembers them. A capability is asked of the name server once and kept; when its server has died, `call`
// forgets it, waits for the successor's and repeats the call, once. Use one Naming per component.
//
//   const naming = new Naming(kernel);
//   const clock = naming.find("clock");                      // a slot, or a negated error
//   const result = naming.call("clock", (cap) => new ClockClient(kernel, cap).now());   // for calls marked replayable

import { NamesClient } from "../../abi/generated/ts/client/names.ts";
import { SLOT_NAMES } from "../../abi/layout/limits.ts";
import type { Kernel } from "./kernel.ts";
import { errorNumber } from "./status.ts";

export class Naming {
  private readonly known = new Map<string, number>();
  private readonly names: NamesClient;
  constructor(private readonly kernel: Kernel, names = SLOT_NAMES) { this.names = new NamesClient(kernel, names); }

  /** The slot of the capability published under `name`; with `wait`, once it is published. The slot stays the Naming's. */
  find(name: string, wait = true): number {
    const slot = this.known.get(name);
    if (slot !== undefined) return slot;
    const found = this.names.lookup(wait, name);
    if (found.error) return -found.error;
    this.known.set(name, found.object);
    return found.object;
  }

  /** Forget a name: its server died, or was replaced. */
  forget(name: string): void {
    const slot = this.known.get(name);
    if (slot === undefined) return;
    this.known.delete(name);
    this.kernel.capDelete(slot);
  }

  /** Call a server by name; on PeerDied, again on its successor. Only for calls whose interface says that they are replayable. */
  call<Result extends { error: number }>(name: string, use: (cap: number) => Result): Result | { error: number } {
    for (let attempt = 0; ; attempt++) {
      const cap = this.find(name);
      if (cap < 0) return { error: -cap };
      const result = use(cap);
      if (result.error !== errorNumber("PeerDied") || attempt > 0) return result;
      this.forget(name);
    }
  }
}
