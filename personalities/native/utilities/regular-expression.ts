// POSIX basic and extended regular expressions (XBD 9) as JavaScript's. GNU's \+ \? \| \w \W \s \S \b \B \< \> work too. One difference stays:
// of alternatives that match at one place JavaScript takes the first, POSIX the longest.

export class BadExpression { constructor(readonly message: string) {} }

const classes: Readonly<Record<string, string>> = {
  alpha: "\\p{L}", digit: "0-9", alnum: "\\p{L}\\p{N}", upper: "\\p{Lu}", lower: "\\p{Ll}", space: "\\s", blank: " \\t", punct: "!-\\/:-@\\[-`\\{-~", print: "\\x20-\\x7e\\u00a0-\\ud7ff\\ue000-\\u{10ffff}",
  graph: "\\x21-\\x7e\\u00a1-\\ud7ff\\ue000-\\u{10ffff}", cntrl: "\\x00-\\x1f\\x7f", xdigit: "0-9A-Fa-f",
};

const literal = (c: string): string => (/[\\^$.*+?()[\]{}|/]/.test(c) ? "\\" + c : c);
const inSet = (c: string): string => (/[\\\]^\-[|/(){}]/.test(c) ? "\\" + c : c);

/** The bracket expression after `[`: its translation and the index behind it. */
function bracket(source: string, from: number): { text: string; end: number } {
  let at = from;
  let text = "[";
  if (source[at] === "^") { text += "^"; at++; }
  for (let first = true; ; first = false) {
    const c = source[at];
    if (c === undefined) throw new BadExpression("Unmatched [, [^, [:, [., or [=");
    if (c === "]" && !first) return { text: text + "]", end: at + 1 };
    const named = /^\[([:.=])(.*?)\1\]/s.exec(source.slice(at));
    if (named) {
      const set = named[1] === ":" ? classes[named[2]!] : inSet(named[2]!);
      if (set === undefined) throw new BadExpression("Invalid character class name");
      text += set;
      at += named[0].length;
      continue;
    }
    const one = String.fromCodePoint(source.codePointAt(at)!);
    at += one.length;
    if (source[at] === "-" && source[at + 1] !== undefined && source[at + 1] !== "]") {
      let last = String.fromCodePoint(source.codePointAt(at + 1)!);
      at += 1 + last.length;
      const collating = last === "[" ? /^([.=])(.)\1\]/s.exec(source.slice(at)) : null;
      if (collating) { last = collating[2]!; at += collating[0].length; }
      if (one > last) throw new BadExpression("Invalid range end");
      text += `${inSet(one)}-${inSet(last)}`;
    } else text += inSet(one);
  }
}

/** The source of a regular expression for the flags `u`. */
export function translate(source: string, extended: boolean): string {
  let out = "";
  /** Nothing to repeat stands before: the start, after `(` or `|`. */
  let atStart = true;
  let open = 0;
  for (let at = 0; at < source.length;) {
    let c = String.fromCodePoint(source.codePointAt(at)!);
    at += c.length;
    let escaped = false;
    if (c === "\\") {
      if (at >= source.length) throw new BadExpression("Trailing backslash");
      c = String.fromCodePoint(source.codePointAt(at)!);
      at += c.length;
      escaped = true;
    }
    const special = "(){}+?|".includes(c) ? escaped !== extended : !escaped;
    if (escaped && !special) {
      if (/[1-9]/.test(c)) out += `(?:\\${c})`;
      else if (/[wWsSbB]/.test(c)) out += c === "w" ? "[\\p{L}\\p{N}_]" : c === "W" ? "[^\\p{L}\\p{N}_]" : "\\" + c;
      else if (c === "<") out += "\\b(?=[\\p{L}\\p{N}_])";
      else if (c === ">") out += "\\b(?<=[\\p{L}\\p{N}_])";
      else if (c === "n") out += "\\n";
      else if (c === "t") out += "\\t";
      else out += literal(c);
      atStart = false;
      continue;
    }
    if (escaped && !"(){}+?|".includes(c)) { out += literal(c); atStart = false; continue; }
    if (!special) { out += literal(c); atStart = false; continue; }
    switch (c) {
      case "(": out += "("; open++; atStart = true; continue;
      case ")":
        if (open === 0) { if (extended) { out += "\\)"; break; } throw new BadExpression("Unmatched ) or \\)"); }
        out += ")";
        open--;
        break;
      case "|": out += "|"; atStart = true; continue;
      case "*":
        if (atStart) out += "\\*";
        else out += "*";
        break;
      case "+": case "?":
        if (atStart) { out += "\\" + c; break; }
        out += c;
        break;
      case "{": {
        const bound = extended ? /^(\d*)(,?)(\d*)\}/.exec(source.slice(at)) : /^(\d*)(,?)(\d*)\\\}/.exec(source.slice(at));
        if (!bound || (bound[1] === "" && bound[2] === "")) {
          if (extended) { out += "\\{"; break; }
          throw new BadExpression("Invalid content of \\{\\}");
        }
        at += bound[0].length;
        if (bound[3] !== "" && Number(bound[1] || 0) > Number(bound[3])) throw new BadExpression("Invalid content of \\{\\}");
        out += `{${bound[1] || 0}${bound[2]}${bound[3]}}`;
        break;
      }
      case "[": { const set = bracket(source, at); out += set.text; at = set.end; break; }
      case ".": out += "."; break;
      case "^":
        if (extended || atStart) { out += "^"; if (!extended) { continue; } }
        else out += "\\^";
        break;
      case "$":
        if (extended || at >= source.length || source.startsWith("\\)", at) || source.startsWith("\\|", at)) out += "$";
        else out += "\\$";
        break;
      default: out += literal(c);
    }
    atStart = false;
  }
  if (open > 0) throw new BadExpression("Unmatched ( or \\(");
  // A repeated repetition (a**) means the same as one; JavaScript refuses it.
  return out.replace(/((?:^|[^\\])(?:\\\\)*[*+?}])(?=[*+?])[*+?]+/g, "$1");
}

export function compile(source: string, extended: boolean, flags = ""): RegExp {
  const body = translate(source, extended);
  try {
    return new RegExp(body, `u${flags}`);
  } catch {
    throw new BadExpression(`Invalid regular expression: ${source}`);
  }
}

export function quoteExpression(text: string): string { return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"); }
