// What part of the timeline is on the screen: a window in time over lanes, one per domain. Pure arithmetic; the pane draws.

export interface TimeWindow {
  /** Microseconds at the left edge. */
  start: number;
  /** Microseconds from edge to edge. */
  span: number;
}

export const LEAST_SPAN = 5;
export const MOST_SPAN = 60_000_000;

/** Zooms by `factor` (below 1: closer) so that the time under `fraction` (0 left, 1 right) stays where it is. */
export function zoom(window: TimeWindow, factor: number, fraction = 0.5): TimeWindow {
  const span = Math.min(MOST_SPAN, Math.max(LEAST_SPAN, window.span * factor));
  return { start: window.start + (window.span - span) * fraction, span };
}

/** Moves by a fraction of what is shown. */
export function pan(window: TimeWindow, fraction: number): TimeWindow { return { start: window.start + window.span * fraction, span: window.span }; }

/** Shows all of `first` to `last` with a little air. */
export function fit(first: number, last: number): TimeWindow {
  const span = Math.min(MOST_SPAN, Math.max(LEAST_SPAN, (last - first) * 1.06));
  return { start: first - (span - (last - first)) / 2, span };
}

/** Keeps the span and puts `last` near the right edge. */
export function follow(window: TimeWindow, last: number): TimeWindow { return { start: last - window.span * 0.97, span: window.span }; }

export function positionOf({ start, span }: TimeWindow, time: number, width: number): number { return ((time - start) / span) * width; }
export function timeAt({ start, span }: TimeWindow, x: number, width: number): number { return start + (x / width) * span; }

/** Times for grid lines: round steps, at most about `most` of them, all within the window. */
export function ticks({ start, span }: TimeWindow, most: number): { step: number; times: number[] } {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const times: number[] = [];
  for (let index = Math.ceil(start / step); index * step <= start + span; index++) times.push(index * step);
  return { step, times };
}
