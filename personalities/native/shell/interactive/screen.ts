// Draws the line being edited below the prompt, over as many rows as it needs, in place of what it drew before.

import { characterWidth, textWidth } from "./text-width.ts";

export class Screen {
  /** Rows of the last drawing above and below the cursor's. */
  private rowOfCursor = 0;

  constructor(private readonly write: (text: string) => void, private readonly columns: () => number) {}

  /** The next drawing starts where the cursor is. */
  begin(): void { this.rowOfCursor = 0; }

  draw(prompt: string, text: string, cursor: number, after = ""): void {
    const columns = Math.max(this.columns(), 4);
    const place = (whole: string): { row: number; column: number } => {
      let row = 0;
      let column = 0;
      const lines = whole.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").split("\n");
      for (const [index, line] of lines.entries()) {
        if (index > 0) { row++; column = 0; }
        for (const character of line) {
          const width = characterWidth(character);
          if (column + width > columns) { row++; column = 0; }
          column += width;
        }
      }
      if (column >= columns) { row++; column = 0; }
      return { row, column };
    };
    const end = place(prompt + text + after);
    const at = place(prompt + text.slice(0, cursor));
    let out = this.rowOfCursor > 0 ? `\x1b[${this.rowOfCursor}A` : "";
    out += `\r\x1b[J${prompt}${text}${after}`;
    // A line that just fills its row leaves the cursor behind it: make the terminal wrap.
    if (end.column === 0 && end.row > 0 && textWidth(prompt + text + after) > 0 && !(text + after).endsWith("\n")) out += "\n";
    if (end.row > at.row) out += `\x1b[${end.row - at.row}A`;
    out += "\r" + (at.column > 0 ? `\x1b[${at.column}C` : "");
    this.rowOfCursor = at.row;
    this.write(out);
  }
}
