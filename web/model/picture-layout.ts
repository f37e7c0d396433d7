// Where everything stands in the picture of the system: one band per layer of GrailOS, domains as boxes in their band, call paths
// as curves between them. A pure function of what is shown and how much room there is; the pane only draws the result.
//
// What must hold (and is tested): boxes lie inside their band and do not overlap; a box keeps its column while the boxes
// before it in its band stay; nothing lies outside `width`. The height may be exceeded: then the pane scrolls.

import type { Layer } from "./machine-api.ts";

export interface Point { x: number; y: number }
export interface Rectangle { x: number; y: number; width: number; height: number }
/** What the layout needs to know of a domain. `incarnation` orders those of a band: the oldest stands first. */
export interface Standing { domain: number; incarnation: number; layer: Layer }
export interface Box extends Rectangle { domain: number }
export interface Band extends Rectangle { layer: Layer }
/** A cubic curve. */
export interface Curve { from: number; to: number; start: Point; control1: Point; control2: Point; end: Point }
export interface Picture { width: number; height: number; bands: Band[]; boxes: Box[]; curves: Curve[] }

export const LAYERS: readonly Layer[] = ["process", "personality", "server", "kernel", "machine"];

export const BOX_HEIGHT = 66;
const BOX_WIDTH = { least: 118, most: 176 };
const GAP = { column: 14, row: 30 };
const MARGIN = 12;
/** Room for a band's title at its left. */
export const TITLE_WIDTH = 92;
/** Bands of the kernel and the machine are plates that carry text instead of boxes. */
const PLATE_HEIGHT = 54;
const EMPTY_HEIGHT = 34;
const BAND_PADDING = 12;
const BAND_GAP = { least: 22, most: 80 };

/** `paths`: which domains call which. Paths to or from domains that are not shown are left out. */
export function layoutPicture(domains: readonly Standing[], paths: readonly { from: number; to: number }[], room: { width: number; height: number }): Picture {
  const width = Math.max(room.width, TITLE_WIDTH + BOX_WIDTH.least + 4 * MARGIN);
  const inner = width - 2 * MARGIN - TITLE_WIDTH - BAND_PADDING;
  const rows = LAYERS.map((layer) => bandRows(domains.filter((domain) => domain.layer === layer), inner));
  const heights = LAYERS.map((layer, index) => bandHeight(layer, rows[index].length));
  const used = heights.reduce((sum, height) => sum + height, 2 * MARGIN);
  const gap = clamp((room.height - used) / (LAYERS.length - 1), BAND_GAP.least, BAND_GAP.most);

  const bands: Band[] = [];
  const boxes: Box[] = [];
  let y = MARGIN;
  LAYERS.forEach((layer, index) => {
    const band = { layer, x: MARGIN, y, width: width - 2 * MARGIN, height: heights[index] };
    bands.push(band);
    boxes.push(...placeRows(rows[index], band, inner));
    // The kernel stands right on the machine: nothing flows between them that the picture could show.
    y += heights[index] + (layer === "kernel" ? BAND_GAP.least / 2 : gap);
  });
  return { width, height: Math.max(bands[bands.length - 1].y + bands[bands.length - 1].height + MARGIN, 0), bands, boxes, curves: drawCurves(boxes, paths) };
}

export function curvePoint({ start, control1, control2, end }: Curve, t: number): Point {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: a * start.x + b * control1.x + c * control2.x + d * end.x, y: a * start.y + b * control1.y + c * control2.y + d * end.y };
}

function bandRows(domains: readonly Standing[], inner: number): Standing[][] {
  const ordered = [...domains].sort((a, b) => a.incarnation - b.incarnation || a.domain - b.domain);
  const perRow = Math.max(1, Math.floor((inner + GAP.column) / (BOX_WIDTH.least + GAP.column)));
  const rows: Standing[][] = [];
  for (let at = 0; at < ordered.length; at += perRow) rows.push(ordered.slice(at, at + perRow));
  return rows;
}

function bandHeight(layer: Layer, rows: number): number {
  if (rows === 0) return layer === "kernel" || layer === "machine" ? PLATE_HEIGHT : EMPTY_HEIGHT;
  const plate = layer === "kernel" || layer === "machine" ? PLATE_HEIGHT : 0;
  return 2 * BAND_PADDING + rows * BOX_HEIGHT + (rows - 1) * GAP.row + plate;
}

function placeRows(rows: Standing[][], band: Band, inner: number): Box[] {
  if (rows.length === 0) return [];
  // All rows of a band share one grid, made for the fullest row, so that columns line up. A first row that is not full is given
  // wider boxes, up to the most; it keeps them as it fills, as long as they fit.
  const columns = rows[0].length;
  const boxWidth = Math.min(BOX_WIDTH.most, (inner - (columns - 1) * GAP.column) / columns);
  const left = band.x + TITLE_WIDTH;
  return rows.flatMap((row, rowIndex) => row.map(({ domain }, column) => ({
    domain, x: left + column * (boxWidth + GAP.column), y: band.y + BAND_PADDING + rowIndex * (BOX_HEIGHT + GAP.row), width: boxWidth, height: BOX_HEIGHT,
  })));
}

interface End { box: Box; side: "top" | "bottom"; other: Box; order: number }

function drawCurves(boxes: readonly Box[], paths: readonly { from: number; to: number }[]): Curve[] {
  const byDomain = new Map(boxes.map((box) => [box.domain, box]));
  const shown = paths.flatMap(({ from, to }) => {
    const [a, b] = [byDomain.get(from), byDomain.get(to)];
    return a && b && a !== b ? [{ a, b }] : [];
  });
  const ends = new Map<string, End[]>();
  const pairs = shown.map(({ a, b }, order) => {
    // Within a row, both ends leave by the bottom and the curve hangs below.
    const down = a.y <= b.y;
    const start: End = { box: a, side: down ? "bottom" : "top", other: b, order };
    const end: End = { box: b, side: a.y === b.y ? "bottom" : down ? "top" : "bottom", other: a, order };
    for (const each of [start, end]) {
      const key = `${each.box.domain} ${each.side}`;
      ends.set(key, [...(ends.get(key) ?? []), each]);
    }
    return { start, end };
  });
  // Ends on one side of a box are spread over it in the order of where they lead, so that curves cross little.
  const places = new Map<End, Point>();
  for (const list of ends.values()) {
    list.sort((one, two) => middle(one.other).x - middle(two.other).x || one.order - two.order);
    list.forEach((end, index) => {
      const { box, side } = end;
      places.set(end, { x: box.x + (box.width * (index + 1)) / (list.length + 1), y: side === "top" ? box.y : box.y + box.height });
    });
  }
  return pairs.map(({ start, end }) => {
    const [from, to] = [places.get(start)!, places.get(end)!];
    const reach = start.side === end.side ? Math.min(GAP.row - 4, 14 + Math.abs(to.x - from.x) / 24) * 1.3 : Math.max(18, Math.abs(to.y - from.y) / 2);
    return {
      from: start.box.domain, to: end.box.domain, start: from, end: to,
      control1: { x: from.x, y: from.y + (start.side === "bottom" ? reach : -reach) },
      control2: { x: to.x, y: to.y + (end.side === "bottom" ? reach : -reach) },
    };
  });
}

function middle(box: Rectangle): Point { return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; }
function clamp(value: number, least: number, most: number): number { return Math.min(most, Math.max(least, value)); }
