// Columns that text takes on a terminal. Combining marks take none, East Asian wide characters and emoji two.

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const NONE = /[\p{Mn}\p{Me}\u200b-\u200f\ufe0f]/u;

export function characterWidth(character: string): number { return NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1; }

/** Escape sequences (colours) take no room. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").replace(/\x1b\][^\x07]*\x07/g, "")) width += characterWidth(character);
  return width;
}
