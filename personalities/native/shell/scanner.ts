// Characters to tokens. A word is read into its parts at once, since what ends it depends on its quotes and substitutions.
// The parser drives: it asks for one token at a time and may look one ahead. Here-documents are read when the newline after
// their operator is.

import type { Part, Word } from "./syntax-tree.ts";
import { readWord } from "./word-scanner.ts";

/** A script that cannot be parsed. `incomplete`: more input could make it right. */
export class SyntaxFailure {
  constructor(readonly message: string, readonly line: number, readonly incomplete = false) {}
}

export type Token =
  | { type: "operator"; text: string; start: number; end: number }
  | { type: "number"; value: number; start: number; end: number }
  | { type: "word"; word: Word; /** The text if it is all unquoted literal, else undefined. */ plain: string | undefined; start: number; end: number }
  | { type: "newline"; start: number; end: number }
  | { type: "end"; start: number; end: number };

const operators = ["<<<", "<<-", "&>>", ";;&", "&&", "||", ";;", ";&", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "&", "|", ";", "<", ">", "(", ")"];

interface PendingDocument { target: Word; delimiter: string; stripTabs: boolean; quoted: boolean }

export class Scanner {
  position = 0;
  private ahead: Token | undefined;
  private documents: PendingDocument[] = [];

  constructor(public source: string, /** Parses the commands of a substitution up to `)`, on this scanner. */ readonly parseSubstitution: (scanner: Scanner) => Part,
    /** Parses a whole text, for backquotes. */ readonly parseText: (text: string) => Part) {}

  get line(): number {
    let line = 1;
    for (let at = this.source.indexOf("\n"); at >= 0 && at < this.position; at = this.source.indexOf("\n", at + 1)) line++;
    return line;
  }

  fail(message: string, incomplete = false): never { throw new SyntaxFailure(message, this.line, incomplete); }

  peek(): Token { return (this.ahead ??= this.scan()); }

  next(): Token {
    const token = this.peek();
    this.ahead = undefined;
    return token;
  }

  /** Forget what was looked at, and go on at a position (substitutions and aliases). */
  reset(position: number): void { this.ahead = undefined; this.position = position; }

  /** Replace the last token by other source text. */
  splice(start: number, end: number, text: string): void {
    this.source = this.source.slice(0, start) + text + this.source.slice(end);
    this.reset(start);
  }

  expectDocument(document: PendingDocument): void { this.documents.push(document); }

  get wantsDocument(): boolean { return this.documents.length > 0; }

  private skipBlanks(): void {
    for (;;) {
      const c = this.source[this.position];
      if (c === " " || c === "\t" || c === "\r") this.position++;
      else if (c === "\\" && this.source[this.position + 1] === "\n") this.position += 2;
      else if (c === "#") { const end = this.source.indexOf("\n", this.position); this.position = end < 0 ? this.source.length : end; }
      else return;
    }
  }

  private scan(): Token {
    this.skipBlanks();
    const start = this.position;
    if (start >= this.source.length) return { type: "end", start, end: start };
    if (this.source[start] === "\n") {
      this.position++;
      this.readDocuments();
      return { type: "newline", start, end: start + 1 };
    }
    for (const text of operators) {
      if (this.source.startsWith(text, start)) { this.position += text.length; return { type: "operator", text, start, end: this.position }; }
    }
    const digits = /^\d{1,3}(?=[<>])/.exec(this.source.slice(start, start + 4));
    if (digits) { this.position += digits[0].length; return { type: "number", value: Number(digits[0]), start, end: this.position }; }
    const word = readWord(this);
    const only = word.parts[0];
    const plain = word.parts.length === 1 && only?.type === "literal" ? only.text : undefined;
    return { type: "word", word, plain, start, end: this.position };
  }

  private readDocuments(): void {
    for (const document of this.documents.splice(0)) {
      let body = "";
      for (;;) {
        if (this.position >= this.source.length) {
          if (document.delimiter === "" ) break;
          this.fail(`here-document is not ended by \`${document.delimiter}'`, true);
        }
        let end = this.source.indexOf("\n", this.position);
        if (end < 0) end = this.source.length;
        let text = this.source.slice(this.position, end);
        this.position = Math.min(end + 1, this.source.length);
        if (document.stripTabs) text = text.replace(/^\t+/, "");
        if (text === document.delimiter) break;
        body += text + "\n";
      }
      document.target.parts = document.quoted ? [{ type: "quoted", text: body }] : documentParts(body, this);
    }
  }
}

/** The text of an unquoted here-document, with its expansions. */
function documentParts(body: string, outer: Scanner): Part[] {
  const scanner = new Scanner(body, outer.parseSubstitution, outer.parseText);
  return [{ type: "double", parts: readWord(scanner, "document").parts }];
}
