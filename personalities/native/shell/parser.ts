// The shell's grammar (POSIX 2.10), by recursive descent. `parseNext` gives one complete command line at a time, so that aliases
// and options that one line sets hold for the next. A script that ends too early throws a SyntaxFailure that says so.

import { SyntaxFailure, type Scanner, type Token } from "./scanner.ts";
import type { AndOr, Assignment, Command, Item, List, Part, Pipeline, Redirection, Word } from "./syntax-tree.ts";
import { TokenReader, type Aliases } from "./token-reader.ts";

/** Words that end a list. */
const closers = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"]);
const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_.:-]*$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export class Parser extends TokenReader {
  /** The next line's commands; undefined at the end. */
  parseNext(): List | undefined {
    while (this.scanner.peek().type === "newline") this.scanner.next();
    if (this.scanner.peek().type === "end") return undefined;
    const items: Item[] = [];
    for (;;) {
      items.push(this.item());
      const token = this.scanner.peek();
      if (token.type === "newline") { this.scanner.next(); return items; }
      if (token.type === "end") {
        if (this.scanner.wantsDocument) this.scanner.fail("here-document is not there", true);
        return items;
      }
      if (token.type === "operator" && token.text === ")") this.unexpected(token);
      if (token.type === "word" && token.plain !== undefined && closers.has(token.plain)) this.unexpected(token);
      if (!this.separated) this.unexpected(token);
    }
  }

  private separated = false;

  protected text(source: string): Part { return { type: "command", body: parse(source, this.aliases) }; }

  protected substitution(scanner: Scanner): Part {
    const inner = new Parser(scanner, this.aliases);
    const body = inner.list((token) => token.type === "operator" && token.text === ")");
    const close = scanner.next();
    if (close.type !== "operator") this.unexpected(close);
    scanner.reset(close.end);
    return { type: "command", body };
  }

  /** Commands up to (not including) a token that ends them. */
  private list(ends: (token: Token) => boolean): List {
    const items: List = [];
    this.skipNewlines();
    while (!ends(this.scanner.peek())) {
      if (this.scanner.peek().type === "end") this.unexpected(this.scanner.peek());
      items.push(this.item());
      const newline = this.scanner.peek().type === "newline";
      this.skipNewlines();
      if (!this.separated && !newline && !ends(this.scanner.peek())) this.unexpected(this.scanner.peek());
    }
    return items;
  }

  private bodyUntil(...words: string[]): List {
    const body = this.list((token) => token.type === "word" && token.plain !== undefined && words.includes(token.plain));
    if (body.length === 0) this.unexpected(this.scanner.peek());
    return body;
  }

  private item(): Item {
    const start = this.scanner.peek().start;
    const before = this.scanner.source.length;
    const andOr = this.andOr();
    const token = this.scanner.peek();
    const end = token.start;
    this.separated = false;
    let background = false;
    if (token.type === "operator" && (token.text === ";" || token.text === "&")) { this.scanner.next(); background = token.text === "&"; this.separated = true; }
    const text = this.scanner.source.length === before ? this.scanner.source.slice(start, end).trim() : this.scanner.source.slice(start, end).trim();
    return { andOr, background, text };
  }

  private andOr(): AndOr {
    const first = this.pipeline();
    const rest: AndOr["rest"] = [];
    for (;;) {
      const token = this.scanner.peek();
      if (token.type !== "operator" || (token.text !== "&&" && token.text !== "||")) return { first, rest };
      this.scanner.next();
      this.skipNewlines();
      rest.push({ operator: token.text, pipeline: this.pipeline() });
    }
  }

  private pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    for (;;) {
      if (this.isWord("!")) { this.scanner.next(); negated = !negated; }
      else if (this.isWord("time") && !timed) { this.scanner.next(); timed = true; }
      else break;
    }
    const commands = [this.command()];
    while (this.isOperator("|")) {
      this.scanner.next();
      this.skipNewlines();
      commands.push(this.command());
    }
    return { negated, timed, commands };
  }

  private command(): Command {
    this.expandAlias();
    const token = this.scanner.peek();
    if (token.type === "operator" && token.text === "(") {
      this.scanner.next();
      const body = this.list((next) => next.type === "operator" && next.text === ")");
      if (body.length === 0) this.unexpected(this.scanner.peek());
      this.scanner.next();
      return { type: "subshell", body, redirections: this.redirections() };
    }
    if (token.type === "word" && token.plain !== undefined) {
      switch (token.plain) {
        case "{": {
          this.scanner.next();
          const body = this.bodyUntil("}");
          this.scanner.next();
          return { type: "group", body, redirections: this.redirections() };
        }
        case "if": return this.conditional();
        case "while": case "until": {
          this.scanner.next();
          const condition = this.bodyUntil("do");
          return { type: "loop", until: token.plain === "until", condition, body: this.doBody(), redirections: this.redirections() };
        }
        case "for": return this.forLoop();
        case "case": return this.caseOf();
        case "function": {
          this.scanner.next();
          const name = this.scanner.next();
          if (name.type !== "word" || name.plain === undefined) this.unexpected(name);
          if (this.isOperator("(")) { this.scanner.next(); this.closeParentheses(); }
          return this.functionBody(name.plain);
        }
      }
      if (closers.has(token.plain) || token.plain === "!") this.unexpected(token);
    }
    return this.simple();
  }

  private conditional(): Command {
    const branches: { condition: List; body: List }[] = [];
    let otherwise: List | undefined;
    this.scanner.next();
    for (;;) {
      const condition = this.bodyUntil("then");
      this.scanner.next();
      branches.push({ condition, body: this.bodyUntil("elif", "else", "fi") });
      if (this.isWord("elif")) { this.scanner.next(); continue; }
      if (this.isWord("else")) { this.scanner.next(); otherwise = this.bodyUntil("fi"); }
      this.expectWord("fi");
      return { type: "if", branches, otherwise, redirections: this.redirections() };
    }
  }

  private doBody(): List {
    this.expectWord("do");
    const body = this.bodyUntil("done");
    this.scanner.next();
    return body;
  }

  private forLoop(): Command {
    this.scanner.next();
    const name = this.scanner.next();
    if (name.type !== "word" || name.plain === undefined || !NAME.test(name.plain)) this.scanner.fail("bad for loop variable", name.type === "end");
    this.skipNewlines();
    let words: Word[] | undefined;
    if (this.isWord("in")) {
      this.scanner.next();
      words = [];
      for (let token = this.scanner.peek(); token.type === "word"; token = this.scanner.peek()) { words.push(token.word); this.scanner.next(); }
    }
    if (this.isOperator(";")) this.scanner.next();
    this.skipNewlines();
    return { type: "for", name: name.plain, words, body: this.doBody(), redirections: this.redirections() };
  }

  private caseOf(): Command {
    this.scanner.next();
    const subject = this.scanner.next();
    if (subject.type !== "word") this.unexpected(subject);
    this.skipNewlines();
    this.expectWord("in");
    this.skipNewlines();
    const clauses: { patterns: Word[]; body: List; fallThrough: boolean }[] = [];
    while (!this.isWord("esac")) {
      if (this.isOperator("(")) this.scanner.next();
      const patterns: Word[] = [];
      for (;;) {
        const pattern = this.scanner.next();
        if (pattern.type !== "word") this.unexpected(pattern);
        patterns.push(pattern.word);
        const after = this.scanner.next();
        if (after.type === "operator" && after.text === "|") continue;
        if (after.type === "operator" && after.text === ")") break;
        this.unexpected(after);
      }
      const body = this.list((token) => (token.type === "word" && token.plain === "esac") || (token.type === "operator" && (token.text === ";;" || token.text === ";&")));
      const fallThrough = this.isOperator(";&");
      if (!this.isWord("esac")) this.scanner.next();
      this.skipNewlines();
      clauses.push({ patterns, body, fallThrough });
    }
    this.scanner.next();
    return { type: "case", subject: subject.word, clauses, redirections: this.redirections() };
  }

  private functionBody(name: string): Command {
    this.skipNewlines();
    const body = this.command();
    return { type: "function", name, body, redirections: [] };
  }

  private simple(): Command {
    const line = this.scanner.line;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      if (this.blankEnd >= 0 && words.length > 0 && this.scanner.peek().start >= this.blankEnd) { this.blankEnd = -1; this.expandAlias(); }
      const token = this.scanner.peek();
      const redirection = this.redirection();
      if (redirection) { redirections.push(redirection); continue; }
      if (token.type !== "word") {
        if (token.type === "operator" && token.text === "(" && words.length === 1 && assignments.length === 0 && redirections.length === 0) {
          const first = words[0]!.parts[0];
          this.scanner.next();
          this.closeParentheses();
          if (first?.type !== "literal" || words[0]!.parts.length > 1 || !FUNCTION_NAME.test(first.text)) this.scanner.fail("bad function name");
          return this.functionBody(first.text);
        }
        break;
      }
      this.scanner.next();
      const assignment = words.length === 0 ? asAssignment(token.word) : undefined;
      if (assignment) assignments.push(assignment);
      else words.push(token.word);
      if (words.length === 0) this.expandAlias();
    }
    if (words.length + assignments.length + redirections.length === 0) this.unexpected(this.scanner.peek());
    return { type: "simple", assignments, words, redirections, line };
  }
}

function asAssignment(word: Word): Assignment | undefined {
  const first = word.parts[0];
  if (first?.type !== "literal") return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text);
  if (!match) return undefined;
  const rest = first.text.slice(match[0].length);
  return { name: match[1]!, value: { parts: rest === "" ? word.parts.slice(1) : [{ type: "literal", text: rest }, ...word.parts.slice(1)] } };
}

/** A whole text. */
export function parse(text: string, aliases: Aliases = new Map()): List {
  const parser = new Parser(text, aliases);
  const all: Item[] = [];
  for (let items = parser.parseNext(); items; items = parser.parseNext()) all.push(...items);
  return all;
}

export { SyntaxFailure };
