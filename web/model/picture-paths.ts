// The ways that calls take between the boxes of the picture: from edge to edge, and past the rows in between through the gaps between
// their boxes, so that no path runs behind a box that has nothing to do with it.

import type { Box, Rectangle } from "./picture-layout.ts";

export interface Point { x: number; y: number }
/** A cubic curve. */
export interface Cubic { start: Point; control1: Point; control2: Point; end: Point }
/** Curves that join. */
export interface CallPath { from: number; to: number; cubics: Cubic[] }

interface End { box: Box; side: "top" | "bottom"; other: Box; order: number }
/** How far a path within a row hangs below it, pixels. */
const HANG = { least: 8, most: 12 };

export function drawPaths(boxes: readonly Box[], calls: readonly { from: number; to: number }[]): CallPath[] {
  const byDomain = new Map(boxes.map((box) => [box.domain, box]));
  const rows = rowsOf(boxes);
  const ends = new Map<string, End[]>();
  const pairs = calls.flatMap(({ from, to }) => {
    const [a, b] = [byDomain.get(from), byDomain.get(to)];
    return a && b && a !== b ? [{ a, b }] : [];
  }).map(({ a, b }, order) => {
    const down = a.y <= b.y;
    // Within a row both ends leave by the bottom.
    const start: End = { box: a, side: down ? "bottom" : "top", other: b, order };
    const end: End = { box: b, side: a.y === b.y || !down ? "bottom" : "top", other: a, order };
    for (const each of [start, end]) {
      const key = `${each.box.domain} ${each.side}`;
      ends.set(key, [...(ends.get(key) ?? []), each]);
    }
    return { start, end, order };
  });
  const places = spread(ends);
  return pairs.map(({ start, end, order }) => {
    const [from, to] = [places.get(start)!, places.get(end)!];
    return { from: start.box.domain, to: end.box.domain, cubics: start.box.y === end.box.y ? [hanging(from, to)] : through(rows, from, to, order) };
  });
}

/** The point at 0 (start) to 1 (end) of the way; each curve has its share by its length. */
export function pathPoint({ cubics }: CallPath, t: number): Point {
  const lengths = cubics.map(({ start, end }) => Math.hypot(end.x - start.x, end.y - start.y) + 1);
  let rest = t * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, cubic] of cubics.entries()) {
    if (rest <= lengths[index] || index === cubics.length - 1) return cubicPoint(cubic, Math.min(1, rest / lengths[index]));
    rest -= lengths[index];
  }
  return cubics[0].start;
}

/** Ends on one side of a box are spread over it in the order of where they lead, so that paths cross little. */
function spread(ends: Map<string, End[]>): Map<End, Point> {
  const places = new Map<End, Point>();
  for (const list of ends.values()) {
    list.sort((one, two) => middle(one.other) - middle(two.other) || one.order - two.order);
    list.forEach((end, index) => {
      const { box, side } = end;
      places.set(end, { x: box.x + (box.width * (index + 1)) / (list.length + 1), y: side === "top" ? box.y : box.y + box.height });
    });
  }
  return places;
}

function rowsOf(boxes: readonly Box[]): Box[][] {
  const rows = new Map<number, Box[]>();
  for (const box of boxes) rows.set(box.y, [...(rows.get(box.y) ?? []), box]);
  return [...rows.values()].map((row) => row.sort((a, b) => a.x - b.x)).sort((a, b) => a[0].y - b[0].y);
}

function hanging(from: Point, to: Point): Cubic {
  const hang = (Math.min(HANG.most, HANG.least + Math.abs(to.x - from.x) / 50) * 4) / 3;
  return { start: from, control1: { x: from.x, y: from.y + hang }, control2: { x: to.x, y: to.y + hang }, end: to };
}

function through(rows: readonly Box[][], from: Point, to: Point, order: number): Cubic[] {
  const [top, bottom] = from.y < to.y ? [from, to] : [to, from];
  const between = rows.filter((row) => row[0].y >= top.y && row[0].y + row[0].height <= bottom.y);
  const stops: Point[] = [top];
  for (const row of between) {
    const wanted = top.x + ((bottom.x - top.x) * (row[0].y - top.y)) / (bottom.y - top.y);
    // Paths that share a gap run side by side.
    const x = gapNearest(row, wanted) + ((order % 3) - 1) * 2.5;
    stops.push({ x, y: row[0].y - 3 }, { x, y: row[0].y + row[0].height + 3 });
  }
  stops.push(bottom);
  const downward = stops.slice(1).map((stop, index) => upright(stops[index], stop));
  return from === top ? downward : downward.reverse().map(({ start, control1, control2, end }) => ({ start: end, control1: control2, control2: control1, end: start }));
}

/** Where a path may pass a row: in the middle between two boxes, or beside the first or the last. */
function gapNearest(row: readonly Box[], wanted: number): number {
  const gaps = row.map((box, index) => (index === 0 ? box.x - 6 : (row[index - 1].x + row[index - 1].width + box.x) / 2));
  const last = row[row.length - 1];
  gaps.push(last.x + last.width + 6);
  // A row that is not full leaves all the room at its right.
  if (wanted > gaps[gaps.length - 1]) return wanted;
  return gaps.reduce((best, gap) => (Math.abs(gap - wanted) < Math.abs(best - wanted) ? gap : best));
}

function upright(start: Point, end: Point): Cubic {
  const reach = (end.y - start.y) / 2;
  return { start, control1: { x: start.x, y: start.y + reach }, control2: { x: end.x, y: end.y - reach }, end };
}

function cubicPoint({ start, control1, control2, end }: Cubic, t: number): Point {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: a * start.x + b * control1.x + c * control2.x + d * end.x, y: a * start.y + b * control1.y + c * control2.y + d * end.y };
}

function middle(box: Rectangle): number { return box.x + box.width / 2; }
