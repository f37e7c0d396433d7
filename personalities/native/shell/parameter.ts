// Parameters and their operators (POSIX 2.5.1, 2.5.2, 2.6.2).

import { ExpansionFailure, type Expansion, type Piece } from "./expansion.ts";
import { patternSource, removeAffix } from "./pattern.ts";
import type { ShellState } from "./shell-state.ts";
import type { Part, Word } from "./syntax-tree.ts";

type Parameter = Extract<Part, { type: "parameter" }>;

/** Undefined if unset. `@` and `*` are joined with the first character of IFS. */
export function parameterValue(state: ShellState, name: string): string | undefined {
  if (/^\d/.test(name)) { const index = Number(name); return index === 0 ? state.name : state.positional[index - 1]; }
  switch (name) {
    case "@": case "*": return state.positional.length === 0 ? undefined : state.positional.join(joiner(state));
    case "#": return String(state.positional.length);
    case "?": return String(state.status);
    case "$": return String(state.pid);
    case "!": return state.lastBackground === 0 ? undefined : String(state.lastBackground);
    case "-": return state.flags;
    default: return state.variables.get(name);
  }
}

function joiner(state: ShellState): string { return (state.variables.get("IFS") ?? " ").slice(0, 1); }

export function expandParameter(expansion: Expansion, part: Parameter, quoted: boolean, assignment: boolean): Piece[] {
  const { state } = expansion.context;
  const { name, operator } = part;
  const text = (value: string): Piece[] => [{ type: "text", text: value, quoted, split: !quoted }];
  const all = (values: readonly string[]): Piece[] => values.flatMap((value, index) => [...(index > 0 ? [{ type: "break" } as const] : []), ...text(value)]);
  const operand = (word: Word | undefined): Piece[] => {
    const pieces = expansion.pieces(word?.parts ?? [], { tilde: quoted ? undefined : "word", quoted, assignment });
    // What the operator's word gives unquoted is split as the parameter itself would be.
    return quoted ? (pieces.length > 0 ? pieces : text("")) : pieces.map((piece) => (piece.type === "text" && !piece.quoted ? { ...piece, split: true } : piece));
  };
  const plain = (word: Word | undefined): string => expansion.text(word ?? { parts: [] });

  const isList = name === "@" || name === "*";
  const value = parameterValue(state, name);
  const present = isList ? state.positional.length > 0 : value !== undefined;
  const empty = !present || (isList ? state.positional.every((one) => one === "") && state.positional.length <= 1 : value === "");

  const own = (): Piece[] => {
    if (!isList) return text(value ?? "");
    if (name === "@" ? !assignment : !quoted && !assignment) return all(state.positional);
    return text(name === "@" ? state.positional.join(" ") : state.positional.join(joiner(state)));
  };
  const mustExist = () => { if (!present && !isList && state.options.nounset) throw new ExpansionFailure(`${name}: parameter not set`); };
  const each = (change: (value: string) => string): Piece[] => {
    mustExist();
    if (!isList) return text(change(value ?? ""));
    const changed = state.positional.map(change);
    return name === "@" && !assignment ? all(changed) : text(changed.join(joiner(state)));
  };

  switch (operator) {
    case undefined: mustExist(); return own();
    case "length": mustExist(); return text(String(isList ? state.positional.length : [...(value ?? "")].length));
    case "-": return present ? own() : operand(part.word);
    case ":-": return !empty ? own() : operand(part.word);
    case "+": return present ? operand(part.word) : quoted ? text("") : [];
    case ":+": return !empty ? operand(part.word) : quoted ? text("") : [];
    case "=": case ":=": {
      if (operator === "=" ? present : !empty) return own();
      if (!/^[A-Za-z_]/.test(name)) throw new ExpansionFailure(`${name}: bad variable name`);
      const assigned = plain(part.word);
      expansion.variable(name, assigned);
      return text(assigned);
    }
    case "?": case ":?":
      if (operator === "?" ? present : !empty) return own();
      throw new ExpansionFailure(`${name}: ${plain(part.word) || (operator === "?" ? "parameter not set" : "parameter not set or null")}`);
    case "%": case "%%": case "#": case "##": {
      const pattern = expansion.pattern(part.word ?? { parts: [] });
      return each((one) => removeAffix(one, pattern, operator[0] === "#" ? "prefix" : "suffix", operator.length === 2));
    }
    case "replace": case "replace-all": {
      const pattern = expansion.pattern(part.word ?? { parts: [] });
      const second = plain(part.second);
      const anchored = operator === "replace" && (pattern[0] === "#" || pattern[0] === "%") ? pattern[0] : "";
      const source = patternSource(anchored === "" ? pattern : pattern.slice(1));
      if (source === "") return each((one) => one);
      const regexp = new RegExp(anchored === "#" ? `^${source}` : anchored === "%" ? `${source}$` : source, operator === "replace-all" ? "gu" : "u");
      return each((one) => one.replace(regexp, () => second));
    }
    default: {
      const from = Number(expansion.evaluate(plain(part.word)));
      const length = part.second ? Number(expansion.evaluate(plain(part.second))) : undefined;
      return each((one) => {
        const characters = [...one];
        const start = from < 0 ? Math.max(characters.length + from, 0) : from;
        return characters.slice(start, length === undefined ? undefined : length < 0 ? characters.length + length : start + length).join("");
      });
    }
  }
}
