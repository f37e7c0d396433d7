// Bytes of a terminal in raw mode to keys. What xterm.js sends for arrows, Home, End, Delete and words (Alt or Ctrl with arrows).

export type Key = { type: "text"; text: string } | { type: "control"; name: string };

const sequences: Readonly<Record<string, string>> = {
  "[A": "up", "[B": "down", "[C": "right", "[D": "left", "[H": "home", "[F": "end", OA: "up", OB: "down", OC: "right", OD: "left", OH: "home", OF: "end",
  "[1~": "home", "[4~": "end", "[7~": "home", "[8~": "end", "[3~": "delete", "[1;5C": "word-right", "[1;5D": "word-left", "[1;3C": "word-right", "[1;3D": "word-left",
  b: "word-left", f: "word-right", d: "kill-word", "\x7f": "erase-word",
};
const controls: Readonly<Record<number, string>> = {
  1: "home", 2: "left", 3: "interrupt", 4: "end-of-file", 5: "end", 6: "right", 7: "cancel", 8: "backspace", 9: "tab", 10: "enter", 11: "kill-end", 12: "clear", 13: "enter",
  14: "down", 16: "up", 18: "search", 20: "swap", 21: "kill-start", 23: "erase-word", 25: "yank", 127: "backspace",
};

/** Takes text as it comes; keeps the beginning of an escape sequence that is not complete. */
export class KeyDecoder {
  private pending = "";
  private readonly decoder = new TextDecoder();

  decode(bytes: Uint8Array): Key[] {
    const source = this.pending + this.decoder.decode(bytes, { stream: true });
    this.pending = "";
    const keys: Key[] = [];
    for (let at = 0; at < source.length;) {
      const code = source.codePointAt(at)!;
      if (code === 27) {
        const rest = source.slice(at + 1);
        const match = /^(\[[0-9;?]*[ -/]*[@-~]|O[@-~]|[^[O])/.exec(rest);
        if (!match) {
          // A lone escape at the end of what has arrived is the Escape key.
          if (rest === "") keys.push({ type: "control", name: "escape" });
          else this.pending = source.slice(at);
          break;
        }
        const name = sequences[match[0]];
        if (name) keys.push({ type: "control", name });
        at += 1 + match[0].length;
      } else if (code < 32 || code === 127) {
        const name = controls[code];
        if (name) keys.push({ type: "control", name });
        at++;
      } else {
        const text = String.fromCodePoint(code);
        const last = keys.at(-1);
        if (last?.type === "text") last.text += text;
        else keys.push({ type: "text", text });
        at += text.length;
      }
    }
    return keys;
  }
}
