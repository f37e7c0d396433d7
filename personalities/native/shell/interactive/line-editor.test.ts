import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineEditor, inColumns, type Line } from "./line-editor.ts";
import { Screen } from "./screen.ts";

/** Type the chunks; the line that comes back, and what was written. */
function edit(chunks: readonly string[], history: readonly string[] = [], candidates: (text: string, cursor: number) => { start: number; candidates: string[] } = () => ({ start: 0, candidates: [] })): { line: Line; output: string } {
  let output = "";
  const input = [...chunks];
  const editor = new LineEditor({
    read: () => { const next = input.shift(); return next === undefined ? undefined : new TextEncoder().encode(next); },
    write: (text) => { output += text; },
    columns: () => 40,
    complete: (text, cursor) => ({ ...candidates(text, cursor), show: (one) => one }),
  }, history);
  return { line: editor.readLine("$ "), output };
}

const typed = (...chunks: string[]): string => { const { line } = edit(chunks); return line.type === "line" ? line.text : line.type; };

describe("the line editor", () => {
  test("takes what is typed, in whatever chunks it comes", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "ü", "漢", "🙂", " ", "$") }), fc.integer({ min: 1, max: 5 }), (text, size) => {
      const characters = [...`${text}\r`];
      const chunks: string[] = [];
      for (let at = 0; at < characters.length; at += size) chunks.push(characters.slice(at, at + size).join(""));
      expect(typed(...chunks)).toBe(text);
    }));
  });

  test.each([
    ["moves with arrows", ["ac\x1b[Db\r"], "abc"],
    ["goes to both ends", ["bc\x01a\x05d\r"], "abcd"],
    ["kills to the end and yanks", ["abcd\x1b[D\x1b[D\x0b\x01\x19\r"], "cdab"],
    ["kills to the start", ["abcd\x1b[D\x15\r"], "d"],
    ["kills a word", ["one two three\x17\r"], "one two "],
    ["moves by words", ["one two\x1bb\x1bbX\r"], "Xone two"],
    ["swaps characters", ["ab\x14\r"], "ba"],
    ["knows an escape sequence that is cut", ["ab\x1b[", "Dc\r"], "acb"],
    ["takes a character of four bytes as one", ["🙂x\x1b[D\x7f\r"], "x"],
  ])("%s", (_, chunks, expected) => {

    expect(typed(...chunks)).toBe(expected);
  });

  test("ends with ^D on an empty line only", () => {
    expect(typed("\x04")).toBe("end-of-file");
    expect(typed("ab\x01\x04\r")).toBe("b");
  });

  test("gives up a line with ^C", () => expect(typed("abc\x03")).toBe("interrupt"));

  test("recalls the history and keeps the draft", () => {
    const history = ["first", "second"];
    expect(edit(["\x1b[A\x1b[A\r"], history).line).toEqual({ type: "line", text: "first" });
    expect(edit(["dra\x1b[A\x1b[Bft\r"], history).line).toEqual({ type: "line", text: "draft" });
  });

  test("searches backwards", () => {
    const history = ["make all", "ls", "make test"];
    expect(edit(["\x12mak\r"], history).line).toEqual({ type: "line", text: "make test" });
    expect(edit(["\x12mak\x12\r"], history).line).toEqual({ type: "line", text: "make all" });
    expect(edit(["abc\x12zzz\x07\r"], history).line).toEqual({ type: "line", text: "abc" });
  });

  test("completes the common part, then lists", () => {
    const complete = (text: string) => ({ start: text.lastIndexOf(" ") + 1, candidates: ["alpha", "alpine"] });
    const { line, output } = edit(["ls a\t\t\t", "h\r"], [], complete);
    expect(line).toEqual({ type: "line", text: "ls alph" });
    expect(output).toContain("alpha   alpine");
  });

  test("completes a single candidate whole", () => expect(edit(["ca\t\r"], [], () => ({ start: 0, candidates: ["cat "] })).line).toEqual({ type: "line", text: "cat " }));
});

describe("the screen", () => {
  /** A terminal good enough for what the editor writes. */
  class Terminal {
    rows: string[][] = [[]];
    row = 0;
    column = 0;
    constructor(private readonly columns: number) {}

    write(text: string): void {
      for (let at = 0; at < text.length;) {
        const sequence = /^\x1b\[(\d*)([A-Z])/.exec(text.slice(at));
        if (sequence) {
          const count = Number(sequence[1] || 1);
          if (sequence[2] === "A") this.row -= count;
          if (sequence[2] === "C") this.column += count;
          if (sequence[2] === "J") { this.rows.length = this.row + 1; this.rows[this.row]!.length = Math.min(this.rows[this.row]!.length, this.column); }
          at += sequence[0].length;
          continue;
        }
        const c = text[at++]!;
        if (c === "\r") this.column = 0;
        else if (c === "\n") { this.row++; this.rows[this.row] ??= []; }
        else {
          if (this.column === this.columns) { this.row++; this.column = 0; this.rows[this.row] ??= []; }
          this.rows[this.row]![this.column++] = c;
        }
      }
    }

    get text(): string { return this.rows.map((row) => Array.from(row, (c) => c ?? " ").join("")).join(""); }
  }

  test("shows the line and the cursor where they belong, whatever was shown before", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 60 });
    fc.assert(fc.property(fc.integer({ min: 5, max: 20 }), fc.array(fc.tuple(line, fc.nat(60)), { minLength: 1, maxLength: 6 }), (columns, drawings) => {
      const terminal = new Terminal(columns);
      const screen = new Screen((text) => terminal.write(text), () => columns);
      screen.begin();
      for (const [text, place] of drawings) {
        const cursor = Math.min(place, text.length);
        screen.draw("$ ", text, cursor);
        expect(terminal.text.trimEnd()).toBe(`$ ${text}`.trimEnd());
        expect(terminal.row * columns + terminal.column).toBe(2 + cursor);
      }
    }));
  });
});

test("columns go down, then across", () => expect(inColumns(["a", "b", "c", "d", "e"], 9)).toBe("a  c  e\r\nb  d\r\n"));
