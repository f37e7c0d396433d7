// Numbers from a seed (mulberry32), the same everywhere: a test that fails tells its seed.

export class Random {
  #state: number;
  constructor(seed: number) { this.#state = seed >>> 0; }
  /** From 0 to below 1. */
  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  /** An integer from 0 to below `limit` (at most 2^32). */
  below(limit: number): number { return Math.floor(this.number() * limit); }
  pick<T>(from: readonly T[]): T { return from[this.below(from.length)]!; }
}

/** Numbers from 0 to below 1, one for each call. */
export function randomNumbers(seed: number): () => number {
  const random = new Random(seed);
  return () => random.number();
}

/** The seed of a run: GRAIL_SEED where it is a number, or one of the moment. Log it. */
export function seedOfRun(): number { return Number(process.env.GRAIL_SEED) || Date.now() % 1_000_000_007; }
/** How long suites of random length run, as a multiple of what suits CI. */
export function runsFactor(): number { return Number(process.env.GRAIL_RUNS ?? 1); }
