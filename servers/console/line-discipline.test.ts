import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Signal, TerminalModes } from "../../abi/generated/ts/enums.ts";
import { decodeText, encodeText } from "../../lib/ts/text.ts";
import { characterWidth } from "./character-width.ts";
import { DEFAULT_MODES, LINE_LIMIT, LineDiscipline, QUEUE_LIMIT } from "./line-discipline.ts";

/** Reads everything that can be read: one string a read, "" for end of file. */
function readAll(discipline: LineDiscipline, room = 100_000): string[] {
  const reads: string[] = [];
  for (let data = discipline.peek(room); data; data = discipline.peek(room)) { reads.push(decodeText(data)); discipline.consume(data.length); }
  return reads;
}
function typed(text: string, modes = DEFAULT_MODES): { reads: string[]; echo: string; signals: readonly number[] } {
  const discipline = new LineDiscipline();
  discipline.modes = modes;
  const { echo, signals } = discipline.input(encodeText(text));
  return { reads: readAll(discipline), echo: decodeText(echo), signals };
}

describe("canonical mode", () => {
  it("gives whole lines, and keeps an unfinished one", () => {
    expect(typed("one\rtwo\nthr")).toMatchObject({ reads: ["one\n", "two\n"], echo: "one\r\ntwo\r\nthr" });
  });
  it("erases characters, words and the line, on the screen too", () => {
    expect(typed("ab\x7f\x08c\r")).toMatchObject({ reads: ["c\n"], echo: "ab\b \b\b \bc\r\n" });
    expect(typed("one two  \x17x\r").reads).toEqual(["one x\n"]);
    expect(typed("one two\x15x\r").reads).toEqual(["x\n"]);
    expect(typed("\x7f\x17\x15").echo).toBe("");
  });
  it("erases characters of several bytes and columns whole", () => {
    expect(typed("aé\x7f\r")).toMatchObject({ reads: ["a\n"], echo: "aé\b \b\r\n" });
    expect(typed("語\x7fx\r")).toMatchObject({ reads: ["x\n"], echo: "語\b \b\b \bx\r\n" });
    expect(typed("\u0001\x7f").echo).toBe("^A\b \b\b \b");
  });
  it("erases a tab by moving back", () => expect(typed("ab\t\x7fc").echo).toBe(`ab\t${"\b".repeat(6)}c`));
  it("reprints the line", () => expect(typed("abc\x12").echo).toBe("abc^R\r\nabc"));
  it("takes ^D as end of file on an empty line and as end of read otherwise", () => {
    expect(typed("\x04").reads).toEqual([""]);
    expect(typed("abc\x04def\r").reads).toEqual(["abc", "def\n"]);
  });
  it("gives long lines in parts", () => {
    const discipline = new LineDiscipline();
    discipline.input(encodeText("abcdef\r"));
    expect(readAll(discipline, 4)).toEqual(["abcd", "ef\n"]);
  });
  it("rings when a line is full, and takes its end still", () => {
    const { reads, echo } = typed(`${"x".repeat(LINE_LIMIT + 2)}\r`);
    expect(reads).toEqual([`${"x".repeat(LINE_LIMIT)}\n`]);
    expect(echo.endsWith("x\x07\x07\r\n")).toBe(true);
  });
});

describe("signals", () => {
  it("come from ^C, ^\\ and ^Z, and flush what is typed", () => {
    expect(typed("line\rab\x03")).toMatchObject({ reads: [], signals: [Signal.Interrupt], echo: "line\r\nab^C" });
    expect(typed("\x1c\x1a").signals).toEqual([Signal.Quit, Signal.TerminalStop]);
  });
  it("are plain characters without Signals", () => expect(typed("\x03\r", DEFAULT_MODES & ~TerminalModes.Signals)).toMatchObject({ signals: [], reads: ["\x03\n"] }));
});

describe("raw mode", () => {
  it("gives every byte at once, and maps nothing that it is not told to", () => {
    expect(typed("a\r\x7f\x04\x03", 0)).toEqual({ reads: ["a\r\x7f\x04\x03"], echo: "", signals: [] });
    expect(typed("\r", TerminalModes.MapCrToNl).reads).toEqual(["\n"]);
  });
  it("takes over what was typed before", () => {
    const discipline = new LineDiscipline();
    discipline.input(encodeText("one\rtw"));
    discipline.modes = 0;
    expect(readAll(discipline)).toEqual(["one\ntw"]);
  });
  it("rings when nobody reads", () => {
    const { reads, echo } = typed("x".repeat(QUEUE_LIMIT + 3), 0);
    expect([reads.map((read) => read.length), echo]).toEqual([[QUEUE_LIMIT], "\x07\x07\x07"]);
  });
});

it("output maps newlines where told to", () => {
  const discipline = new LineDiscipline();
  expect(decodeText(discipline.output(encodeText("a\nb")))).toBe("a\r\nb");
  discipline.modes = 0;
  expect(decodeText(discipline.output(encodeText("a\nb")))).toBe("a\nb");
});

// The model: a line is an array of characters; erasing is pop; the screen shows the prompt and the line.
const printable = fc.constantFrom(..."abcXYZ 09é語ß~.");
const keys = fc.array(fc.oneof({ weight: 6, arbitrary: printable }, fc.constantFrom("\x7f", "\x08", "\x15", "\x17", "\x12", "\x01")), { maxLength: 60 });

function model(pressed: readonly string[]): string[] {
  let line: string[] = [];
  for (const key of pressed) {
    if (key === "\x7f" || key === "\x08") line.pop();
    else if (key === "\x15") line = [];
    else if (key === "\x17") { while (line.at(-1) === " ") line.pop(); while (line.length > 0 && line.at(-1) !== " ") line.pop(); } else if (key !== "\x12") line.push(key);
  }
  return line;
}

/** The last line that a screen shows after these bytes: cells, with the right half of wide characters left out. */
function screen(shown: string): string {
  let cells: string[] = [], column = 0;
  for (const character of shown) {
    if (character === "\n") { cells = []; column = 0; } else if (character === "\r") column = 0;
    else if (character === "\b") column = Math.max(0, column - 1);
    else {
      cells[column] = character;
      if (characterWidth(character.codePointAt(0)!) === 2) cells[++column] = "";
      column++;
      cells.length = Math.max(cells.length, column);
    }
  }
  return Array.from(cells, (cell) => cell ?? " ").join("").trimEnd();
}

describe("editing agrees with a model", () => {
  it("in what is read", () => {
    fc.assert(fc.property(keys, fc.integer({ min: 1, max: 7 }), (pressed, chunk) => {
      const discipline = new LineDiscipline(), bytes = encodeText(`${pressed.join("")}\r`);
      for (let at = 0; at < bytes.length; at += chunk) discipline.input(bytes.subarray(at, at + chunk));
      expect(readAll(discipline)).toEqual([`${model(pressed).join("")}\n`]);
    }));
  });

  it("in what the screen shows, behind a prompt", () => {
    fc.assert(fc.property(keys, (pressed) => {
      const discipline = new LineDiscipline();
      const prompt = decodeText(discipline.output(encodeText("$ "))), { echo } = discipline.input(encodeText(pressed.join("")));
      const reprinted = pressed.includes("\x12");
      const expected = (reprinted ? "" : "$ ") + model(pressed).map((character) => character === "\x01" ? "^A" : character).join("");
      expect(screen(prompt + decodeText(echo))).toBe(expected.trimEnd());
    }));
  });

  it("and loses nothing, whatever is typed and read in whatever order, with modes changing", () => {
    const step = fc.oneof(fc.record({ type: fc.uint8Array({ maxLength: 12 }) }), fc.record({ read: fc.integer({ min: 1, max: 9 }) }), fc.record({ modes: fc.nat(127) }));
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const discipline = new LineDiscipline();
      for (const each of steps) {
        if ("type" in each) discipline.input(each.type);
        else if ("modes" in each) discipline.modes = each.modes;
        else {
          const readable = discipline.readable, pending = discipline.pending, data = discipline.peek(each.read);
          expect(data?.length ?? -1).toBe(Math.min(readable, each.read));
          if (data) discipline.consume(data.length);
          expect(discipline.pending).toBe(pending - (data?.length ?? 0));
        }
      }
    }));
  });
});
