// Each life of a domain ends once (I22): counts the deaths that a machine tells of, and compares them with the lives that kernel memory says there were.
//
//   const lives = new Lives();
//   machine.onDied = (died) => { lives.died(died.domain); };
//   expect(lives.broken(machine.kernelMemory)).toEqual([]);      // at any time, in the machine's thread
//
// Must hear of every death from the start of the machine on.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_DOMAINS } from "../../abi/layout/limits.ts";
import { withKernelLock } from "./kernel-lock.ts";
import { Snapshot } from "./snapshot.ts";

export class Lives {
  readonly #deaths = new Map<number, number>();

  died(domain: number): void { this.#deaths.set(domain, this.deaths(domain) + 1); }

  deaths(domain: number): number { return this.#deaths.get(domain) ?? 0; }

  /** Sentences about domains that were told dead too often, or never. */
  broken(memory: WebAssembly.Memory): string[] {
    return withKernelLock(memory, () => {
      const kernel = new Snapshot(memory);
      for (let number = 1; number < MAX_DOMAINS; number++) {
        const domain = kernel.domain(number), state = kernel.u32(domain + L.D_STATE), lives = kernel.u32(domain + L.D_GENERATION);
        // The machine tells of a death in the same step in which the domain is gone.
        const ended = lives - (state === L.DOMAIN_UNUSED || state === L.DOMAIN_GONE ? 0 : 1);
        kernel.expect(this.deaths(number) === ended, `I22 of ${lives} lives of domain ${number}, in state ${state}, ${ended} have ended, and ${this.deaths(number)} deaths were told`);
      }
      return kernel.broken;
    });
  }
}
