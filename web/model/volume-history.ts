// What the buffer cache did over time, of the figures that it tells since each volume was attached: hit rate and dirty pages.

import type { VolumeRow } from "../../lib/ts/volume-list.ts";

export interface VolumeSample {
  /** Seconds, any origin. */
  readonly time: number;
  /** Percent of the pages used since the sample before that were there; null if none were. */
  readonly hitRate: number | null;
  readonly dirty: number;
}

/** Samples kept: two minutes at one a second. */
export const HISTORY = 120;

export class VolumeHistory {
  readonly samples: VolumeSample[] = [];
  readonly #last = new Map<string, { hits: number; misses: number }>();

  add(time: number, rows: readonly VolumeRow[]): void {
    let hits = 0, misses = 0, dirty = 0;
    const seen = new Set<string>();
    for (const row of rows) {
      const last = this.#last.get(row.name);
      // Figures that fell belong to a volume of the same name that was attached anew. Of a first look nothing is known but the sum.
      if (last && row.hits >= last.hits && row.misses >= last.misses) { hits += row.hits - last.hits; misses += row.misses - last.misses; }
      dirty += row.dirty;
      this.#last.set(row.name, row);
      seen.add(row.name);
    }
    for (const name of [...this.#last.keys()]) if (!seen.has(name)) this.#last.delete(name);
    this.samples.push({ time, hitRate: hits + misses > 0 ? (100 * hits) / (hits + misses) : null, dirty });
    if (this.samples.length > HISTORY) this.samples.splice(0, this.samples.length - HISTORY);
  }
}
