// Numbers from a seed (mulberry32), the same everywhere: a test that fails tells its seed.

export class Random {
  #state: number;
  constructor(seed: number) { this.#state = seed >>> 0; }
  /** An integer from 0 to below `limit` (at most 2^32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * limit);
  }
  pick<T>(from: readonly T[]): T { return from[this.below(from.length)]!; }
}

/** The seed of a run: GRAIL_SEED where it is a number, or one of the moment. Log it. */
export function seedOfRun(): number { return Number(process.env.GRAIL_SEED) || Date.now() % 1_000_000_007; }
/** How long suites of random length run, as a multiple of what suits CI. */
export function runsFactor(): number { return Number(process.env.GRAIL_RUNS ?? 1); }
