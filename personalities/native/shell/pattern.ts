// Shell patterns (POSIX 2.13): `*`, `?`, `[…]` with classes, ranges and `!`. In a pattern a backslash quotes the next character;
// expansion writes quoted text that way. A library's globs differ (braces, `**`, no quoting by character), hence our own.

const classes: Readonly<Record<string, string>> = {
  alpha: "A-Za-z", digit: "0-9", alnum: "A-Za-z0-9", upper: "A-Z", lower: "a-z", space: "\\s", blank: " \\t", punct: "!-\\/:-@\\[-`{-~", print: " -~", graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f", xdigit: "0-9A-Fa-f",
};

/** Quote so that it stands for itself in a pattern. */
export function quotePattern(text: string): string { return text.replace(/[*?[\]\\!-]/g, "\\$&"); }

/** Whether it holds an unquoted special character. A bracket that is not closed is none: `[` is a command too. */
export function isPattern(pattern: string): boolean { return /(?:^|[^\\])(?:\\\\)*(?:[*?]|\[[\s\S]+\])/.test(pattern); }

export function unquotePattern(pattern: string): string { return pattern.replace(/\\([\s\S])/g, "$1"); }

function quoteRegExp(c: string): string { return /[\\^$.*+?()[\]{}|/]/.test(c) ? "\\" + c : c; }
const quoteInSet = (c: string): string => (c === "-" ? "\\-" : quoteRegExp(c));

/** A bracket expression at `at` (after the `[`): its regular expression and where it ends, or undefined if it is none. */
function bracket(pattern: string, at: number): { source: string; end: number } | undefined {
  let negated = false;
  if (pattern[at] === "!" || pattern[at] === "^") { negated = true; at++; }
  let source = "";
  for (let first = true; ; first = false) {
    let c = pattern[at];
    if (c === undefined || c === "/") return undefined;
    if (c === "]" && !first) break;
    const named = /^\[([:.=])(.+?)\1\]/.exec(pattern.slice(at));
    if (named) {
      const set = named[1] === ":" ? classes[named[2]!] : quoteInSet(named[2]!);
      if (set === undefined) return undefined;
      source += set;
      at += named[0].length;
      continue;
    }
    if (c === "\\" && pattern[at + 1] !== undefined) c = pattern[++at]!;
    at++;
    if (pattern[at] === "-" && pattern[at + 1] !== undefined && pattern[at + 1] !== "]") {
      let last = pattern[++at]!;
      if (last === "\\" && pattern[at + 1] !== undefined) last = pattern[++at]!;
      at++;
      if (c <= last) source += `${quoteInSet(c)}-${quoteInSet(last)}`;
    } else source += quoteInSet(c);
  }
  return { source: source === "" ? (negated ? "[\\s\\S]" : "[^\\s\\S]") : `[${negated ? "^" : ""}${source}]`, end: at + 1 };
}

/** The body of a regular expression that matches what the pattern does. */
export function patternSource(pattern: string, lazy = false): string {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at]!;
    if (c === "\\" && at + 1 < pattern.length) source += quoteRegExp(pattern[++at]!);
    else if (c === "*") source += lazy ? "[\\s\\S]*?" : "[\\s\\S]*";
    else if (c === "?") source += "[\\s\\S]";
    else if (c === "[") {
      const set = bracket(pattern, at + 1);
      if (set) { source += set.source; at = set.end - 1; }
      else source += "\\[";
    } else source += quoteRegExp(c);
  }
  return source;
}

export function matchesPattern(pattern: string, text: string): boolean { return new RegExp(`^${patternSource(pattern)}$`, "u").test(text); }

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
export function removeAffix(text: string, pattern: string, end: "prefix" | "suffix", longest: boolean): string {
  if (end === "prefix") return text.replace(new RegExp(`^${patternSource(pattern, !longest)}`, "u"), "");
  const whole = new RegExp(`^${patternSource(pattern)}$`, "u");
  const starts = Array.from({ length: text.length + 1 }, (_, index) => (longest ? index : text.length - index));
  const start = starts.find((from) => whole.test(text.slice(from)));
  return start === undefined ? text : text.slice(0, start);
}
