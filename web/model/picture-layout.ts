// Where everything stands in the picture of the system: one band per layer of GrailOS, domains as boxes in their band. A pure function
// of what is shown and how much room there is; the pane only draws the result. Paths of calls: picture-paths.
//
// What must hold (and is tested): boxes lie inside their band and do not overlap; a box keeps its column while the boxes
// before it in its band stay; nothing lies outside `width`. The height may be exceeded: then the pane scrolls.

import type { Layer } from "./machine-api.ts";
import { drawPaths, type CallPath } from "./picture-paths.ts";

export interface Rectangle { x: number; y: number; width: number; height: number }
/** What the layout needs to know of a domain. `incarnation` orders those of a band: the oldest stands first. */
export interface Standing { domain: number; incarnation: number; layer: Layer }
export interface Box extends Rectangle { domain: number }
export interface Band extends Rectangle { layer: Layer; empty: boolean }
export interface Picture { width: number; height: number; compact: boolean; bands: Band[]; boxes: Box[]; paths: CallPath[] }

export const LAYERS: readonly Layer[] = ["process", "personality", "server", "kernel", "machine"];

/** Room for a band's title at its left. */
export const TITLE_WIDTH = 30;
const MARGIN = 10;
const BOX_WIDTH = { least: 98, most: 176 };
const COLUMN_GAP = 12;

/** Heights and gaps: as drawn where there is room, and where there is little. `plate`: bands of the kernel and the machine. */
const ROOMY = { box: 62, row: 30, plate: 54, empty: 34, above: 12, below: 18, least: 20, most: 72 };
const COMPACT = { box: 52, row: 20, plate: 30, empty: 24, above: 8, below: 12, least: 9, most: 30 };
type Measures = typeof ROOMY;

/** `calls`: which domains call which. Those to or from domains that are not shown are left out. */
export function layoutPicture(domains: readonly Standing[], calls: readonly { from: number; to: number }[], room: { width: number; height: number }): Picture {
  const width = Math.max(room.width, TITLE_WIDTH + BOX_WIDTH.least + 4 * MARGIN);
  const inner = width - 2 * MARGIN - TITLE_WIDTH - MARGIN;
  const rows = LAYERS.map((layer) => bandRows(domains.filter((domain) => domain.layer === layer), inner));
  const compact = heightOf(rows, ROOMY) > room.height;
  const measures = compact ? COMPACT : ROOMY;
  const spare = room.height - heightOf(rows, measures);
  // Three gaps grow: the kernel stands right on the machine, as nothing flows between them that the picture could show.
  const gap = Math.min(measures.most, measures.least + Math.max(0, spare / (LAYERS.length - 2)));

  const bands: Band[] = [];
  const boxes: Box[] = [];
  let y = MARGIN;
  LAYERS.forEach((layer, index) => {
    const band = { layer, x: MARGIN, y, width: width - 2 * MARGIN, height: bandHeight(layer, rows[index].length, measures), empty: rows[index].length === 0 };
    bands.push(band);
    boxes.push(...placeRows(rows[index], band, inner, measures));
    y += band.height + (layer === "kernel" ? measures.least / 2 : gap);
  });
  const last = bands[bands.length - 1];
  return { width, height: last.y + last.height + MARGIN, compact, bands, boxes, paths: drawPaths(boxes, calls) };
}

function bandRows(domains: readonly Standing[], inner: number): Standing[][] {
  const ordered = [...domains].sort((a, b) => a.incarnation - b.incarnation || a.domain - b.domain);
  const perRow = Math.max(1, Math.floor((inner + COLUMN_GAP) / (BOX_WIDTH.least + COLUMN_GAP)));
  const rows: Standing[][] = [];
  for (let at = 0; at < ordered.length; at += perRow) rows.push(ordered.slice(at, at + perRow));
  return rows;
}

function isPlate(layer: Layer): boolean { return layer === "kernel" || layer === "machine"; }

function bandHeight(layer: Layer, rows: number, measures: Measures): number {
  if (rows === 0) return isPlate(layer) ? measures.plate : measures.empty;
  return measures.above + rows * measures.box + (rows - 1) * measures.row + measures.below + (isPlate(layer) ? measures.plate : 0);
}

function heightOf(rows: readonly Standing[][][], measures: Measures): number {
  return LAYERS.reduce((sum, layer, index) => sum + bandHeight(layer, rows[index].length, measures), 2 * MARGIN + (LAYERS.length - 1.5) * measures.least);
}

function placeRows(rows: readonly Standing[][], band: Band, inner: number, measures: Measures): Box[] {
  if (rows.length === 0) return [];
  // All rows of a band share one grid, made for the fullest row, so that columns line up.
  const columns = rows[0].length;
  const boxWidth = Math.min(BOX_WIDTH.most, (inner - (columns - 1) * COLUMN_GAP) / columns);
  const left = band.x + TITLE_WIDTH;
  return rows.flatMap((row, rowIndex) => row.map(({ domain }, column) => ({
    domain, x: left + column * (boxWidth + COLUMN_GAP), y: band.y + measures.above + rowIndex * (measures.box + measures.row), width: boxWidth, height: measures.box,
  })));
}
