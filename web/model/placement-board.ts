// The servers as the placement board shows them: in columns by placement, each with how many calls it answers and makes a second, now and
// over the last minute.

import type { DomainSnapshot, Placement, SystemSnapshot } from "./machine-api.ts";

export interface BoardCard {
  readonly domain: number;
  readonly incarnation: number;
  readonly name: string;
  readonly placement: Placement;
  readonly movable: boolean;
  /** Calls a second since the look before. */
  readonly answered: number;
  readonly made: number;
  /** Answered calls a second, oldest first. */
  readonly history: readonly number[];
}

export interface Column { readonly placement: Placement; readonly title: string; readonly about: string }
export const COLUMNS: readonly Column[] = [
  { placement: "worker", title: "Own Worker", about: "Callers cross to another thread: protected in memory and time." },
  { placement: "inline", title: "Inline in its callers", about: "Runs in the caller's Worker on its own memory: protected in memory." },
];

/** Looks kept for the small charts. */
export const BOARD_HISTORY = 150;

interface Known { served: number; calls: number; time: number; history: number[] }

export class PlacementBoard {
  readonly #known = new Map<string, Known>();

  /** `time` in milliseconds, as in the snapshot. Processes are left out. */
  update(snapshot: SystemSnapshot): BoardCard[] {
    const cards: BoardCard[] = [], seen = new Set<string>();
    for (const domain of snapshot.domains.filter(({ layer, state }) => layer === "server" && state !== "created" && state !== "dying")) {
      const key = `${domain.domain}.${domain.incarnation}`;
      seen.add(key);
      cards.push(this.#card(domain, key, snapshot.time));
    }
    for (const key of [...this.#known.keys()]) if (!seen.has(key)) this.#known.delete(key);
    return cards.sort((a, b) => Number(b.movable) - Number(a.movable) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  #card(domain: DomainSnapshot, key: string, time: number): BoardCard {
    const known = this.#known.get(key), seconds = known ? (time - known.time) / 1000 : 0;
    const rate = (now: number, before: number | undefined): number => (seconds > 0 && before !== undefined ? Math.max(0, now - before) / seconds : 0);
    const answered = rate(domain.served, known?.served), made = rate(domain.calls, known?.calls), history = known?.history ?? [];
    if (seconds > 0) history.push(answered);
    if (history.length > BOARD_HISTORY) history.splice(0, history.length - BOARD_HISTORY);
    if (!known || seconds > 0) this.#known.set(key, { served: domain.served, calls: domain.calls, time, history });
    return { domain: domain.domain, incarnation: domain.incarnation, name: domain.name, placement: domain.placement, movable: domain.movable, answered, made, history };
  }
}

/** Points of a polyline in a box of `width` by `height` for values from 0 to `top`, the newest at the right edge. */
export function sparkPoints(history: readonly number[], top: number, width: number, height: number, capacity = BOARD_HISTORY): string {
  const step = width / (capacity - 1), start = width - (history.length - 1) * step;
  return history.map((value, index) => `${(start + index * step).toFixed(1)},${(height - (top > 0 ? Math.min(1, value / top) : 0) * (height - 2) - 1).toFixed(1)}`).join(" ");
}

/** A round number not below the largest value: 1, 2 or 5 times a power of ten, at least `least`. */
export function niceTop(values: readonly number[], least = 10): number {
  const most = Math.max(least, ...values), power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= most)!;
}
