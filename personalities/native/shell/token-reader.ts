// Tokens as the parser uses them: looking ahead, expecting, aliases put in place, redirections read.

import { Scanner, type Token } from "./scanner.ts";
import type { Part, Redirection, RedirectionOperator, Word } from "./syntax-tree.ts";

export type Aliases = ReadonlyMap<string, string>;

const reserved = new Set(["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac", "{", "}", "!", "in", "function", "time"]);
const redirectors = new Set(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"]);

export abstract class TokenReader {
  protected readonly scanner: Scanner;
  /** Aliases under expansion, each until the position of its end. */
  private expanding: { name: string; end: number }[] = [];
  /** End of an alias that ends in a blank, after which the next word is looked up as well; -1: none. */
  protected blankEnd = -1;

  constructor(source: string | Scanner, protected readonly aliases: Aliases = new Map()) {
    this.scanner = typeof source === "string" ? new Scanner(source, (scanner) => this.substitution(scanner), (text) => this.text(text)) : source;
  }

  /** The commands of $(…), up to and with the parenthesis. */
  protected abstract substitution(scanner: Scanner): Part;
  /** The commands of `…`. */
  protected abstract text(source: string): Part;

  protected unexpected(token: Token): never {
    if (token.type === "end") this.scanner.fail("end of file unexpected", true);
    const what = token.type === "newline" ? "newline" : token.type === "word" ? `"${this.scanner.source.slice(token.start, token.end)}"` : `"${token.type === "operator" ? token.text : String(token.value)}"`;
    return this.scanner.fail(`${what} unexpected`);
  }

  protected skipNewlines(): void { while (this.scanner.peek().type === "newline") this.scanner.next(); }

  protected isWord(text: string): boolean { const token = this.scanner.peek(); return token.type === "word" && token.plain === text; }
  protected isOperator(text: string): boolean { const token = this.scanner.peek(); return token.type === "operator" && token.text === text; }

  protected expectWord(text: string): void {
    const token = this.scanner.next();
    if (token.type !== "word" || token.plain !== text) {
      if (token.type === "end") this.scanner.fail(`end of file unexpected (expecting "${text}")`, true);
      this.unexpected(token);
    }
  }

  protected closeParentheses(): void {
    const token = this.scanner.next();
    if (token.type !== "operator" || token.text !== ")") this.unexpected(token);
  }

  protected redirections(): Redirection[] {
    const all: Redirection[] = [];
    for (let one = this.redirection(); one; one = this.redirection()) all.push(one);
    return all;
  }

  protected redirection(): Redirection | undefined {
    const token = this.scanner.peek();
    let fd = -1;
    if (token.type === "number") { fd = token.value; this.scanner.next(); }
    const operator = this.scanner.peek();
    if (operator.type !== "operator" || !redirectors.has(operator.text)) return token.type === "number" ? this.unexpected(operator) : undefined;
    this.scanner.next();
    const target = this.scanner.next();
    if (target.type !== "word") this.unexpected(target);
    if (operator.text === "<<" || operator.text === "<<-") {
      const word: Word = { parts: [] };
      const quoted = target.word.parts.some((part) => part.type !== "literal");
      const delimiter = target.word.parts.map((part) => (part.type === "double" ? part.parts : [part]).map((inner) => ("text" in inner ? inner.text : "")).join("")).join("");
      this.scanner.expectDocument({ target: word, delimiter, stripTabs: operator.text === "<<-", quoted });
      return { fd, operator: "<<", target: word };
    }
    if (operator.text === "&>>") return { fd: -2, operator: "&>", target: target.word };
    return { fd, operator: operator.text as RedirectionOperator, target: target.word };
  }

  /** Replace an alias that stands where a command's name would, by its text. */
  protected expandAlias(): void {
    for (;;) {
      const token = this.scanner.peek();
      if (token.type !== "word" || token.plain === undefined || (reserved.has(token.plain) && !this.aliases.has(token.plain))) return;
      const value = this.aliases.get(token.plain);
      this.expanding = this.expanding.filter((one) => one.end > token.start);
      const name = token.plain;
      if (value === undefined || this.expanding.some((one) => one.name === name)) return;
      const grown = value.length - (token.end - token.start);
      for (const one of this.expanding) one.end += grown;
      this.expanding.push({ name, end: token.start + value.length + 1 });
      this.scanner.splice(token.start, token.end, value);
      if (/[ \t]$/.test(value)) this.blankEnd = token.start + value.length;
    }
  }
}
