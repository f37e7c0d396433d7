// expr: an expression of its operands (POSIX). Status 0 if the value is neither null nor 0, 1 if it is, 2 if the expression is wrong.

import { BadExpression, compile } from "./regular-expression.ts";
import { utility, type Tool } from "./utility.ts";

class Wrong { constructor(readonly message: string) {} }

const levels = [["|"], ["&"], ["=", ">", ">=", "<", "<=", "!="], ["+", "-"], ["*", "/", "%"], [":"]];

const program = utility({ usage: "expr EXPRESSION", wrong: 2 }, (tool: Tool) => {
  const words = tool.operands;
  let at = 0;
  const integer = (text: string): bigint => { if (!/^-?\d+$/.test(text)) throw new Wrong("non-integer argument"); return BigInt(text); };
  const isNull = (text: string) => text === "" || /^-?0+$/.test(text);
  const match = (text: string, pattern: string): string => {
    const found = compile(`^${pattern.replace(/^\^/, "")}`, false).exec(text);
    return /\\\(/.test(pattern) ? found?.[1] ?? "" : String(found ? [...found[0]].length : 0);
  };
  const apply = (operator: string, a: string, b: string): string => {
    switch (operator) {
      case "|": return !isNull(a) ? a : isNull(b) ? "0" : b;
      case "&": return isNull(a) || isNull(b) ? "0" : a;
      case ":": return match(a, b);
      case "+": return String(integer(a) + integer(b));
      case "-": return String(integer(a) - integer(b));
      case "*": return String(integer(a) * integer(b));
      case "/": case "%":
        if (integer(b) === 0n) throw new Wrong("division by zero");
        return String(operator === "/" ? integer(a) / integer(b) : integer(a) % integer(b));
    }
    const numbers = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
    const order = numbers ? Number(integer(a) > integer(b)) - Number(integer(a) < integer(b)) : a < b ? -1 : a > b ? 1 : 0;
    return { "=": order === 0, "!=": order !== 0, ">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0 }[operator] ? "1" : "0";
  };
  const level = (index: number): string => {
    if (index === levels.length) return primary();
    let left = level(index + 1);
    while (levels[index]!.includes(words[at] ?? "")) { const operator = words[at++]!; left = apply(operator, left, level(index + 1)); }
    return left;
  };
  const primary = (): string => {
    const word = words[at++];
    if (word === undefined) throw new Wrong("syntax error: missing argument");
    if (word === "(") { const value = level(0); if (words[at++] !== ")") throw new Wrong("syntax error: expecting ')'"); return value; }
    if (word === "match") { const text = primary(); return match(text, primary()); }
    if (word === "length") return String([...primary()].length);
    if (word === "substr") { const text = [...primary()]; const from = Number(primary()); const count = Number(primary()); return from < 1 || !(count > 0) ? "" : text.slice(from - 1, from - 1 + count).join(""); }
    if (word === "index") { const text = [...primary()]; const set = primary(); return String(text.findIndex((c) => set.includes(c)) + 1); }
    return word;
  };
  try {
    const value = level(0);
    if (at < words.length) throw new Wrong(`syntax error: unexpected argument '${words[at]}'`);
    tool.out.line(value);
    return isNull(value) ? 1 : 0;
  } catch (thrown) {
    if (thrown instanceof Wrong || thrown instanceof BadExpression) { tool.complain(thrown.message, 2); return 2; }
    throw thrown;
  }
});

/** Its operands may begin with a dash. */
export const expr: typeof program = (system) => program(Object.create(system, { args: { value: [system.args[0]!, "--", ...system.args.slice(1)] } }) as typeof system);
