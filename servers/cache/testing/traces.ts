// Sequences of page references, for comparing replacement policies. The same seed gives the same trace.

import { randomNumbers } from "../../../lib/testing/random.ts";

export interface Trace { readonly name: string; readonly describe: string; readonly pages: readonly number[] }

/** Traces of `length` references for a memory of `capacity` pages. */
export function traces(capacity: number, length: number, seed = 1): Trace[] {
  const random = randomNumbers(seed), below = (limit: number): number => Math.floor(random() * limit), make = (next: (i: number) => number): number[] => Array.from({ length }, (_, i) => next(i));
  const zipf = zipfOver(capacity * 8, random), cold = capacity * 100;
  return [
    { name: "loop", describe: "a file a tenth larger than the memory, read over and over", pages: make((i) => i % Math.floor(capacity * 1.1)) },
    { name: "zipf", describe: "pages by Zipf's law, of eight times the memory", pages: make(zipf) },
    { name: "scan+hot", describe: "nine in ten to a hot set of half the memory, while a long file is read once", pages: make((i) => i % 10 === 0 ? cold + i : below(Math.floor(capacity / 2))) },
    { name: "bursts", describe: "Zipf's law, broken by files of the memory's size that are read once", pages: make((i) => i % (capacity * 5) < capacity ? cold + i : zipf()) },
    { name: "shift", describe: "a hot set of most of the memory that is another one from time to time", pages: make((i) => Math.floor(i / (capacity * 8)) * capacity + below(Math.floor(capacity * 0.8))) },
  ];
}

/** Numbers below `count`, the i-th with a chance that goes with 1 / (i + 1); scattered, so that neighbours are not alike. */
function zipfOver(count: number, random: () => number): () => number {
  const sums: number[] = [];
  for (let i = 0, sum = 0; i < count; i++) sums.push(sum += 1 / (i + 1));
  return () => {
    const wanted = random() * sums.at(-1)!;
    let low = 0, high = count - 1;
    while (low < high) { const middle = low + high >> 1; if (sums[middle]! < wanted) low = middle + 1; else high = middle; }
    return low * 7919 % count;
  };
}
