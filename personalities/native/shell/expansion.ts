// Words to fields (POSIX 2.6): tilde, parameter, command and arithmetic expansion, then field splitting, then pathname expansion,
// then quote removal. A word first becomes pieces, which remember what was quoted and what came out of an expansion, since that
// decides what is split and what is a pattern. Failures that end a script are thrown as ExpansionFailure.

import type { NativeSystem } from "../api/native-system.ts";
import { ArithmeticFailure, evaluate } from "./arithmetic.ts";
import { expandPathname } from "./glob.ts";
import { expandParameter } from "./parameter.ts";
import { isPattern, quotePattern } from "./pattern.ts";
import type { ShellState } from "./shell-state.ts";
import type { List, Part, Word } from "./syntax-tree.ts";

export class ExpansionFailure { constructor(readonly message: string) {} }

/** "break" ends a field where "$@" does. `split`: came out of an unquoted expansion. */
export type Piece = { type: "text"; text: string; quoted: boolean; split: boolean } | { type: "break" };

export interface ExpansionContext {
  readonly state: ShellState;
  readonly system: NativeSystem;
  /** Run commands in a subshell; what they wrote on standard output. */
  substitute(body: List): string;
}

export class Expansion {
  constructor(readonly context: ExpansionContext) {}

  /** The fields that a command's words become. */
  fields(words: readonly Word[]): string[] {
    return words.flatMap((word) => {
      const only = word.parts[0];
      if (word.parts.length === 1 && only?.type === "literal" && !/[*?[~]/.test(only.text)) return [only.text];
      return this.split(this.pieces(word.parts, { tilde: "word" })).flatMap((field) => this.pathnames(field));
    });
  }

  /** One string: for an assignment, a redirection or the subject of a `case`: no splitting, no pathnames. */
  text(word: Word, tilde: "word" | "assignment" = "word"): string {
    return joined(this.pieces(word.parts, { tilde, assignment: true }), (piece) => piece.text);
  }

  /** The same as a pattern: what was quoted is quoted in it. */
  pattern(word: Word): string {
    return joined(this.pieces(word.parts, { tilde: "word", assignment: true }), (piece) => (piece.quoted ? quotePattern(piece.text) : piece.text));
  }

  variable(name: string, value: string): void {
    if (!this.context.state.variables.set(name, value, this.context.state.options.allexport)) throw new ExpansionFailure(`${name}: is read only`);
  }

  pieces(parts: readonly Part[], options: { tilde?: "word" | "assignment" | undefined; quoted?: boolean | undefined; assignment?: boolean | undefined } = {}): Piece[] {
    const quoted = options.quoted ?? false;
    const result: Piece[] = [];
    const text = (value: string, isQuoted: boolean, split: boolean) => result.push({ type: "text", text: value, quoted: isQuoted, split });
    for (const [index, part] of parts.entries()) {
      switch (part.type) {
        case "literal":
          if (options.tilde && !quoted) this.literalWithTilde(part.text, index === 0, parts[index + 1] === undefined, options.tilde, text);
          else text(part.text, quoted, false);
          break;
        case "quoted": text(part.text, true, false); break;
        case "double": {
          const inner = this.pieces(part.parts, { quoted: true, assignment: options.assignment });
          const empty = inner.every((piece) => piece.type === "text" && piece.text === "");
          // "$@" without parameters is no field at all.
          const vanishes = empty && part.parts.some((one) => one.type === "parameter" && one.name === "@" && one.operator !== "length") && this.context.state.positional.length === 0;
          if (!vanishes) { if (inner.length === 0) text("", true, false); else result.push(...inner); }
          break;
        }
        case "parameter": result.push(...expandParameter(this, part, quoted, options.assignment ?? false)); break;
        case "command": text(this.context.substitute(part.body).replace(/\n+$/, ""), quoted, !quoted); break;
        case "arithmetic": text(this.arithmetic(part.parts), quoted, !quoted); break;
      }
    }
    return result;
  }

  arithmetic(parts: readonly Part[]): string {
    const source = joined(this.pieces(parts, { quoted: true, assignment: true }), (piece) => piece.text);
    return this.evaluate(source);
  }

  evaluate(source: string): string {
    try {
      return String(evaluate(source, { get: (name) => this.context.state.variables.get(name), set: (name, value) => this.variable(name, value) }));
    } catch (thrown) {
      if (thrown instanceof ArithmeticFailure) throw new ExpansionFailure(`arithmetic expression: ${thrown.message}`);
      throw thrown;
    }
  }

  private literalWithTilde(source: string, first: boolean, last: boolean, where: "word" | "assignment", text: (value: string, quoted: boolean, split: boolean) => void): void {
    const sections = where === "assignment" ? source.split(/(?<=:)/) : [source];
    for (const [index, section] of sections.entries()) {
      const match = (first || index > 0) ? /^~([A-Za-z0-9_.-]*)(?=[/:]|$)/.exec(section) : null;
      const ends = match !== null && match[0].length === section.length && index === sections.length - 1;
      const home = match && (!ends || last) ? (match[1] === "" ? this.context.state.variables.get("HOME") : match[1] === "root" ? "/root" : undefined) : undefined;
      if (match && home !== undefined) { text(home, true, false); text(section.slice(match[0].length), false, false); }
      else text(section, false, false);
    }
  }

  /** Field splitting. */
  private split(pieces: readonly Piece[]): Piece[][] {
    const separators = this.context.state.variables.get("IFS") ?? " \t\n";
    const fields: Piece[][] = [];
    let current: Piece[] | undefined;
    let closedByBlank = false;
    const finish = () => { if (current) fields.push(current); current = undefined; };
    for (const piece of pieces) {
      if (piece.type === "break") { finish(); closedByBlank = false; continue; }
      if (!piece.split) {
        if (piece.quoted || piece.text !== "") { (current ??= []).push(piece); closedByBlank = false; }
        continue;
      }
      let run = "";
      const flush = () => { if (run !== "") (current ??= []).push({ ...piece, text: run }); run = ""; };
      for (const c of piece.text) {
        if (!separators.includes(c)) { run += c; closedByBlank = false; continue; }
        flush();
        if (c === " " || c === "\t" || c === "\n") {
          if (current) { finish(); closedByBlank = true; }
        } else if (current) { finish(); closedByBlank = false; }
        else if (closedByBlank) closedByBlank = false;
        else fields.push([]);
      }
      flush();
    }
    finish();
    return fields;
  }

  private pathnames(field: readonly Piece[]): string[] {
    const plain = joined(field, (piece) => piece.text);
    if (this.context.state.options.noglob || !field.some((piece) => piece.type === "text" && !piece.quoted && /[*?[]/.test(piece.text))) return [plain];
    const pattern = joined(field, (piece) => (piece.quoted ? quotePattern(piece.text) : piece.split ? piece.text.replace(/\\/g, "\\\\") : piece.text));
    if (!isPattern(pattern)) return [plain];
    const found = expandPathname(this.context.system, pattern);
    return found.length > 0 ? found : [plain];
  }
}

function joined(pieces: readonly Piece[], text: (piece: Extract<Piece, { type: "text" }>) => string): string {
  return pieces.map((piece) => (piece.type === "break" ? " " : text(piece))).join("");
}
