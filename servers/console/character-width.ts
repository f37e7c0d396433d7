// How many columns a character takes on the screen, so that erasing it erases all of it: 0 for combining marks, 2 for East Asian wide characters
// and emoji (Unicode Standard Annex 11, shortened to the blocks that matter), else 1.

const ZERO: readonly [number, number][] = [[0x300, 0x36f], [0x483, 0x489], [0x591, 0x5bd], [0x610, 0x61a], [0x64b, 0x65f], [0x200b, 0x200f], [0x20d0, 0x20ff], [0xfe00, 0xfe0f], [0xfe20, 0xfe2f]];
const WIDE: readonly [number, number][] = [
  [0x1100, 0x115f], [0x231a, 0x231b], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff],
  [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f900, 0x1f9ff], [0x20000, 0x3fffd],
];
const within = (ranges: readonly [number, number][], point: number): boolean => ranges.some(([first, last]) => point >= first && point <= last);

export function characterWidth(point: number): 0 | 1 | 2 { return within(ZERO, point) ? 0 : within(WIDE, point) ? 2 : 1; }
