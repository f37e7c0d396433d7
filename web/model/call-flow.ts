// From the kernel's counts of calls since boot, what flows now: per call path the calls since the last look, their rate, and how
// warm the path is (1 just used, fading to 0). Feed `update` with each new set of counts; nothing here knows how it is drawn.

import type { CallCount } from "./machine-api.ts";

export interface Flow {
  from: number;
  to: number;
  /** Calls since boot. */
  total: number;
  /** Calls since the update before. */
  fresh: number;
  /** Calls per second, over the time since the update before. */
  rate: number;
  /** 1 if used in this update; halves every HALF_LIFE milliseconds after. */
  warmth: number;
  /** Calls since boot by label, the most frequent first. */
  labels: { label: number; count: number; fresh: number }[];
}

const HALF_LIFE = 1500;

export class CallFlow {
  #flows = new Map<string, Flow>();
  #counts = new Map<string, number>();
  #last: number | undefined;

  /** `now` in milliseconds, any origin. Counts that fell (a domain number was given anew) start over. */
  update(counts: readonly CallCount[], now: number): Flow[] {
    const elapsed = this.#last === undefined ? 0 : Math.max(1, now - this.#last);
    const first = this.#last === undefined;
    this.#last = now;
    const flows = new Map<string, Flow>();
    const known = new Map<string, number>();
    for (const { from, to, label, count } of counts) {
      const exact = `${from} ${to} ${label}`;
      const before = this.#counts.get(exact) ?? 0;
      // What happened before the first look is history, not flow.
      const fresh = first ? 0 : count >= before ? count - before : count;
      known.set(exact, count);
      const path = `${from} ${to}`;
      const flow = flows.get(path) ?? { from, to, total: 0, fresh: 0, rate: 0, warmth: 0, labels: [] };
      flow.total += count;
      flow.fresh += fresh;
      flow.labels.push({ label, count, fresh });
      flows.set(path, flow);
    }
    for (const [path, flow] of flows) {
      flow.labels.sort((a, b) => b.count - a.count || a.label - b.label);
      flow.rate = elapsed ? (flow.fresh * 1000) / elapsed : 0;
      flow.warmth = flow.fresh > 0 ? 1 : (this.#flows.get(path)?.warmth ?? 0) * 0.5 ** (elapsed / HALF_LIFE);
    }
    this.#flows = flows;
    this.#counts = known;
    return [...flows.values()];
  }
}

/** How many dots stand for so many fresh calls: 1 → 1, 10 → 3, 1000 → 7; never more than `most`. */
export function dotsFor(fresh: number, most = 8): number {
  return fresh <= 0 ? 0 : Math.min(most, 1 + Math.round(Math.log2(fresh) * 0.62));
}
