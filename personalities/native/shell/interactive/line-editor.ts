// Reads a line from a terminal in raw mode, with editing, history, search and completion, in the manner of readline's Emacs keys. It knows
// nothing of shells: what completes and what was typed before is given to it.

import { KeyDecoder, type Key } from "./keys.ts";
import { Screen } from "./screen.ts";

export interface Completions {
  /** Where the word to be completed starts. */
  start: number;
  /** Replacements for it. */
  candidates: string[];
  /** What to show of a candidate in a list. */
  show: (candidate: string) => string;
}

export interface Editing {
  /** Undefined: the terminal is gone. "interrupted": a signal came instead. */
  read(): Uint8Array | "interrupted" | undefined;
  write(text: string): void;
  columns(): number;
  complete(text: string, cursor: number): Completions;
}

export type Line = { type: "line"; text: string } | { type: "end-of-file" } | { type: "interrupt" };

export class LineEditor {
  private readonly decoder = new KeyDecoder();
  private readonly screen: Screen;
  /** Keys that came after the end of the last line. */
  private queue: Key[] = [];
  private text = "";
  private cursor = 0;
  private prompt = "";
  private killed = "";
  private lastWasTab = false;
  private search: { query: string; index: number; before: string } | undefined;
  private place = 0;
  private draft = "";

  constructor(private readonly io: Editing, private readonly history: readonly string[]) {
    this.screen = new Screen((text) => io.write(text), () => io.columns());
  }

  readLine(prompt: string): Line {
    const cut = prompt.lastIndexOf("\n") + 1;
    this.io.write(prompt.slice(0, cut));
    Object.assign(this, { prompt: prompt.slice(cut), text: "", cursor: 0, draft: "", place: this.history.length, search: undefined, lastWasTab: false });
    this.screen.begin();
    this.draw();
    for (;;) {
      const key = this.queue.shift();
      if (!key) {
        const bytes = this.io.read();
        if (bytes === undefined || (typeof bytes !== "string" && bytes.length === 0)) return { type: "end-of-file" };
        if (bytes === "interrupted") return this.leave({ type: "interrupt" });
        this.queue.push(...this.decoder.decode(bytes));
        continue;
      }
      const line = this.search ? this.searchKey(key) : this.key(key);
      if (line) return line;
      // Draw once for a paste, not for each of its keys.
      if (this.queue.length === 0) this.draw();
    }
  }

  private leave(line: Line, mark = ""): Line {
    this.search = undefined;
    if (line.type === "line") this.cursor = this.text.length;
    this.screen.draw(this.prompt, this.text, this.text.length, mark);
    this.io.write("\r\n");
    return line;
  }

  private draw(): void {
    if (!this.search) { this.screen.draw(this.prompt, this.text, this.cursor); return; }
    const found = this.history[this.search.index] ?? this.search.before;
    const label = `(${this.search.index < 0 ? "failed " : ""}reverse-i-search)\`${this.search.query}': `;
    this.screen.draw(label, found, Math.max(found.indexOf(this.search.query), 0));
  }

  private insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor);
    this.cursor += text.length;
  }

  private remove(from: number, to: number, keep = false): void {
    if (keep && to > from) this.killed = this.text.slice(from, to);
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  private get left(): number { return this.cursor - ([...this.text.slice(0, this.cursor)].at(-1)?.length ?? 0); }
  private get right(): number { return this.cursor + (String.fromCodePoint(this.text.codePointAt(this.cursor) ?? 0).length) * (this.cursor < this.text.length ? 1 : 0); }
  private get wordLeft(): number { return this.text.slice(0, this.cursor).replace(/[^\s]*\s*$/, "").length; }
  private get wordRight(): number { return this.cursor + /^\s*[^\s]*/.exec(this.text.slice(this.cursor))![0].length; }

  private recall(step: number): void {
    const place = this.place + step;
    if (place < 0 || place > this.history.length) return;
    if (this.place === this.history.length) this.draft = this.text;
    this.place = place;
    this.text = this.history[place] ?? this.draft;
    this.cursor = this.text.length;
  }

  private key(key: Key): Line | undefined {
    const wasTab = this.lastWasTab;
    this.lastWasTab = false;
    if (key.type === "text") { this.insert(key.text); return undefined; }
    switch (key.name) {
      case "enter": return this.leave({ type: "line", text: this.text });
      case "interrupt": return this.leave({ type: "interrupt" }, "^C");
      case "end-of-file":
        if (this.text === "") return { type: "end-of-file" };
        this.remove(this.cursor, this.right);
        break;
      case "left": this.cursor = this.left; break;
      case "right": this.cursor = this.right; break;
      case "word-left": this.cursor = this.wordLeft; break;
      case "word-right": this.cursor = this.wordRight; break;
      case "home": this.cursor = 0; break;
      case "end": this.cursor = this.text.length; break;
      case "backspace": this.remove(this.left, this.cursor); break;
      case "delete": this.remove(this.cursor, this.right); break;
      case "kill-end": { const at = this.cursor; this.remove(at, this.text.length, true); break; }
      case "kill-start": this.remove(0, this.cursor, true); break;
      case "erase-word": this.remove(this.wordLeft, this.cursor, true); break;
      case "kill-word": this.remove(this.cursor, this.wordRight, true); break;
      case "yank": this.insert(this.killed); break;
      case "swap":
        if (this.cursor > 0 && this.text.length > 1) {
          const at = Math.min(this.cursor, this.text.length - 1);
          this.text = this.text.slice(0, at - 1) + this.text[at]! + this.text[at - 1]! + this.text.slice(at + 1);
          this.cursor = at + 1;
        }
        break;
      case "up": this.recall(-1); break;
      case "down": this.recall(1); break;
      case "clear": this.io.write("\x1b[H\x1b[2J"); this.screen.begin(); break;
      case "search": this.search = { query: "", index: this.history.length, before: this.text }; break;
      case "tab": this.complete(wasTab); break;
    }
    return undefined;
  }

  private searchKey(key: Key): Line | undefined {
    const search = this.search!;
    const find = (from: number) => { for (let index = from; index >= 0; index--) if (this.history[index]!.includes(search.query)) return index; return -1; };
    if (key.type === "text") { search.query += key.text; search.index = find(Math.min(search.index < 0 ? this.history.length - 1 : search.index, this.history.length - 1)); return undefined; }
    if (key.name === "search") { if (search.query !== "" && search.index >= 0) { const next = find(search.index - 1); if (next >= 0) search.index = next; } return undefined; }
    if (key.name === "backspace") { search.query = search.query.slice(0, -1); search.index = find(this.history.length - 1); return undefined; }
    this.search = undefined;
    if (key.name === "interrupt" || key.name === "cancel") {
      this.text = search.before;
      this.cursor = this.text.length;
      return key.name === "interrupt" ? this.leave({ type: "interrupt" }, "^C") : undefined;
    }
    this.text = this.history[search.index] ?? search.before;
    this.cursor = this.text.length;
    return key.name === "escape" || key.name === "tab" ? undefined : this.key(key);
  }

  private complete(again: boolean): void {
    const { start, candidates, show } = this.io.complete(this.text, this.cursor);
    const [first] = candidates;
    if (first === undefined) { this.io.write("\x07"); return; }
    let common = first;
    for (const candidate of candidates) while (!candidate.startsWith(common)) common = common.slice(0, -1);
    const typed = this.text.slice(start, this.cursor);
    if (candidates.length === 1 || common.length > typed.length) {
      this.text = this.text.slice(0, start) + common + this.text.slice(this.cursor);
      this.cursor = start + common.length;
    }
    if (candidates.length === 1) return;
    if (!again) { this.lastWasTab = true; return; }
    this.screen.draw(this.prompt, this.text, this.text.length);
    this.io.write(`\r\n${inColumns(candidates.map(show), this.io.columns())}`);
    this.screen.begin();
  }
}

/** As `ls` shows names: down, then across. */
export function inColumns(names: readonly string[], columns: number): string {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const down = Math.ceil(names.length / across);
  let text = "";
  for (let row = 0; row < down; row++) {
    const line = Array.from({ length: across }, (_, column) => names[column * down + row] ?? "").map((name) => name.padEnd(width)).join("");
    text += line.trimEnd() + "\r\n";
  }
  return text;
}
