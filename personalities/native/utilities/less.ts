// less: shows text a screen at a time. Space, b, arrows, g, G, / and n to search, q to leave. Without a terminal it is cat.

import { Failure } from "../api/failure.ts";
import { Open, TerminalMode } from "../api/native-system.ts";
import { decode, encode, writeAll } from "../api/streams.ts";
import { KeyDecoder } from "../shell/interactive/keys.ts";
import { characterWidth } from "../shell/interactive/text-width.ts";
import { BadExpression, compile } from "./regular-expression.ts";
import { utility, type Tool } from "./utility.ts";

/** Screen rows of a line: tabs expanded, cut at the width. */
function wrap(line: string, columns: number): string[] {
  const rows: string[] = [];
  let row = "";
  let width = 0;
  for (const part of line.match(/\x1b\[[0-9;]*m|./gsu) ?? []) {
    if (part.startsWith("\x1b[")) { row += part; continue; }
    const text = part === "\t" ? " ".repeat(8 - (width % 8)) : part < " " ? `^${String.fromCharCode(part.charCodeAt(0) + 64)}` : part;
    for (const c of text) {
      if (width + characterWidth(c) > columns) { rows.push(row); row = ""; width = 0; }
      row += c;
      width += characterWidth(c);
    }
  }
  return [...rows, row];
}

class Pager {
  private top = 0;
  private pattern: RegExp | undefined;
  private message = "";
  private rows: string[] = [];
  private columns = 0;
  private height = 0;

  constructor(private readonly tool: Tool, private readonly terminal: number, private readonly lines: readonly string[], private readonly name: string) {}

  private measure(): void {
    const state = this.tool.system.terminal(this.terminal);
    const [columns, rows] = state instanceof Failure ? [80, 24] : [state.columns || 80, state.rows || 24];
    this.height = Math.max(rows - 1, 1);
    if (columns === this.columns) return;
    this.columns = columns;
    this.rows = this.lines.flatMap((line) => wrap(line, columns));
  }

  private get last(): number { return Math.max(this.rows.length - this.height, 0); }

  private draw(): void {
    this.measure();
    this.top = Math.min(Math.max(this.top, 0), this.last);
    const shown = this.rows.slice(this.top, this.top + this.height).map((row) => (this.pattern ? row.replace(this.pattern, (match) => (match === "" ? "" : `\x1b[7m${match}\x1b[27m`)) : row));
    while (shown.length < this.height) shown.push("~");
    const end = this.top >= this.last;
    const status = this.message || `${this.name} ${end ? "(END)" : `${Math.floor((this.top + this.height) * 100 / Math.max(this.rows.length, 1))}%`}`;
    this.message = "";
    writeAll(this.tool.system, 1, encode(`\x1b[H${shown.map((row) => `${row}\x1b[0m\x1b[K`).join("\r\n")}\r\n\x1b[7m${status}\x1b[27m\x1b[K`));
  }

  private search(forward: boolean, include = false): void {
    if (!this.pattern) return;
    const step = forward ? 1 : -1;
    for (let at = this.top + (include ? 0 : step); at >= 0 && at < this.rows.length; at += step) {
      this.pattern.lastIndex = 0;
      if (this.pattern.test(this.rows[at]!)) { this.top = at; return; }
    }
    this.message = "Pattern not found";
  }

  run(): void {
    const decoder = new KeyDecoder();
    let query: { text: string; forward: boolean } | undefined;
    let forward = true;
    for (;;) {
      this.draw();
      if (query) writeAll(this.tool.system, 1, encode(`\r\x1b[K${query.forward ? "/" : "?"}${query.text}`));
      const bytes = this.tool.system.read(this.terminal, 1024);
      if (bytes instanceof Failure || bytes.length === 0) return;
      for (const key of decoder.decode(bytes)) {
        if (query) {
          if (key.type === "text") query.text += key.text;
          else if (key.name === "backspace") query.text = query.text.slice(0, -1);
          else if (key.name === "enter") {
            try { if (query.text !== "") this.pattern = compile(query.text, true, "g"); } catch (thrown) { if (!(thrown instanceof BadExpression)) throw thrown; this.message = thrown.message; }
            forward = query.forward;
            query = undefined;
            this.search(forward);
          } else query = undefined;
          continue;
        }
        for (const name of key.type === "text" ? [...key.text] : [key.name]) {
          switch (name) {
            case "q": case "Q": case "interrupt": return;
            case " ": case "f": case "right": this.top += this.height; break;
            case "b": case "left": this.top -= this.height; break;
            case "d": this.top += this.height >> 1; break;
            case "u": this.top -= this.height >> 1; break;
            case "j": case "e": case "enter": case "down": this.top++; break;
            case "k": case "y": case "up": this.top--; break;
            case "g": case "<": case "home": this.top = 0; break;
            case "G": case ">": case "end": this.top = this.last; break;
            case "/": case "?": query = { text: "", forward: name === "/" }; break;
            case "n": this.search(forward); break;
            case "N": this.search(!forward); break;
            case "h": this.message = "space b: page  j k: line  g G: start, end  / ? n N: search  q: quit"; break;
          }
        }
      }
    }
  }
}

export const less = utility({ usage: "less [FILE...]", flags: "NRSXFEimneqsr" }, (tool: Tool) => {
  const { system } = tool;
  let text = "";
  for (const path of tool.operands.length > 0 ? tool.operands : ["-"]) {
    if (path === "-" && system.isTerminal(0)) tool.quit("missing file name");
    const data = tool.read(path);
    if (data) text += decode(data);
  }
  if (!system.isTerminal(1)) { tool.out.text(text); return tool.status; }
  if (tool.status !== 0 && text === "") return tool.status;
  // Keys come from the terminal even when the text comes through a pipe: standard output is the terminal, open both ways.
  const opened = system.isTerminal(0) ? 0 : system.open("/dev/tty", Open.Read | Open.Write);
  const terminal = opened instanceof Failure ? 1 : opened;
  const before = system.terminal(terminal);
  if (before instanceof Failure) { tool.out.text(text); return tool.status; }
  system.setTerminalModes(terminal, before.modes & ~(TerminalMode.Canonical | TerminalMode.Echo | TerminalMode.Signals | TerminalMode.MapCrToNl));
  writeAll(system, 1, encode("\x1b[?1049h\x1b[H"));
  try {
    new Pager(tool, terminal, text.replace(/\n$/, "").split("\n"), tool.operands[0] ?? "").run();
  } finally {
    writeAll(system, 1, encode("\x1b[?1049l"));
    system.setTerminalModes(terminal, before.modes);
  }
  return tool.status;
});
