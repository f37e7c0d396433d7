// $((…)): C's integer expressions on 64 bits (POSIX 2.6.4, 1.1.2.1), with assignment. Variables hold integers or, as in most shells,
// expressions. An error is an ArithmeticFailure.

export class ArithmeticFailure { constructor(readonly message: string) {} }

export interface Names { get(name: string): string | undefined; set(name: string, value: string): void }

const TOKEN = /\s*(?:(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z]+|\d+)|([A-Za-z_][A-Za-z0-9_]*)|(\*\*|<<=|>>=|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),]))/y;

const levels: readonly (readonly string[])[] = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];
const assignments = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

function parseNumber(text: string): bigint {
  const based = /^(\d+)#(.+)$/.exec(text);
  if (based) {
    const base = BigInt(based[1]!);
    let value = 0n;
    for (const c of based[2]!.toLowerCase()) {
      const digit = BigInt(parseInt(c, 36));
      if (digit >= base) throw new ArithmeticFailure(`value too great for base: ${text}`);
      value = value * base + digit;
    }
    return wrap(value);
  }
  if (/^0[0-7]+$/.test(text)) return wrap(BigInt("0o" + text.slice(1)));
  if (/^0\d/.test(text)) throw new ArithmeticFailure(`value too great for base: ${text}`);
  return wrap(BigInt(text));
}

function binary(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+": return wrap(a + b);
    case "-": return wrap(a - b);
    case "*": return wrap(a * b);
    case "/": case "%":
      if (b === 0n) throw new ArithmeticFailure("division by zero");
      return wrap(operator === "/" ? a / b : a % b);
    case "<<": return wrap(a << (b & 63n));
    case ">>": return wrap(a >> (b & 63n));
    case "&": return a & b;
    case "|": return a | b;
    case "^": return a ^ b;
    case "<": return a < b ? 1n : 0n;
    case "<=": return a <= b ? 1n : 0n;
    case ">": return a > b ? 1n : 0n;
    case ">=": return a >= b ? 1n : 0n;
    case "==": return a === b ? 1n : 0n;
    case "!=": return a !== b ? 1n : 0n;
    default: throw new ArithmeticFailure(`unknown operator ${operator}`);
  }
}

/** `evaluating` is false in a branch that is only read past. */
class Evaluator {
  private readonly tokens: { type: "number" | "name" | "operator"; text: string }[] = [];
  private at = 0;

  constructor(private readonly source: string, private readonly names: Names, private readonly depth: number) {
    TOKEN.lastIndex = 0;
    while (/\S/.test(source.slice(TOKEN.lastIndex))) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(source);
      if (!match) throw new ArithmeticFailure(`arithmetic syntax error near "${source.slice(from).trim()}"`);
      this.tokens.push(match[1] !== undefined ? { type: "number", text: match[1] } : match[2] !== undefined ? { type: "name", text: match[2] } : { type: "operator", text: match[3]! });
    }
  }

  run(): bigint {
    if (this.tokens.length === 0) return 0n;
    const value = this.comma(true);
    if (this.at < this.tokens.length) throw new ArithmeticFailure(`arithmetic syntax error in "${this.source.trim()}"`);
    return value;
  }

  private operator(...texts: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token?.type === "operator" && texts.includes(token.text)) { this.at++; return token.text; }
    return undefined;
  }

  private comma(evaluating: boolean): bigint {
    let value = this.assignment(evaluating);
    while (this.operator(",")) value = this.assignment(evaluating);
    return value;
  }

  private assignment(evaluating: boolean): bigint {
    const name = this.tokens[this.at];
    const operator = this.tokens[this.at + 1];
    if (name?.type === "name" && operator?.type === "operator" && assignments.has(operator.text)) {
      this.at += 2;
      const right = this.assignment(evaluating);
      if (!evaluating) return 0n;
      const value = operator.text === "=" ? right : binary(operator.text.slice(0, -1), this.variable(name.text), right);
      this.names.set(name.text, String(value));
      return value;
    }
    return this.conditional(evaluating);
  }

  private conditional(evaluating: boolean): bigint {
    const condition = this.level(0, evaluating);
    if (!this.operator("?")) return condition;
    const yes = this.comma(evaluating && condition !== 0n);
    if (!this.operator(":")) throw new ArithmeticFailure('":" expected');
    const no = this.assignment(evaluating && condition === 0n);
    return condition !== 0n ? yes : no;
  }

  private level(index: number, evaluating: boolean): bigint {
    if (index === levels.length) return this.power(evaluating);
    let left = this.level(index + 1, evaluating);
    for (let operator = this.operator(...levels[index]!); operator; operator = this.operator(...levels[index]!)) {
      if (operator === "||" || operator === "&&") {
        const needed = operator === "||" ? left === 0n : left !== 0n;
        const right = this.level(index + 1, evaluating && needed);
        left = (needed ? right !== 0n : operator === "||") ? 1n : 0n;
      } else {
        const right = this.level(index + 1, evaluating);
        left = evaluating ? binary(operator, left, right) : 0n;
      }
    }
    return left;
  }

  private power(evaluating: boolean): bigint {
    const base = this.unary(evaluating);
    if (!this.operator("**")) return base;
    const exponent = this.power(evaluating);
    if (!evaluating) return 0n;
    if (exponent < 0n) throw new ArithmeticFailure("exponent less than 0");
    let value = 1n;
    for (let factor = base, rest = exponent; rest > 0n; rest >>= 1n, factor = wrap(factor * factor)) if (rest & 1n) value = wrap(value * factor);
    return value;
  }

  private unary(evaluating: boolean): bigint {
    const step = this.operator("++", "--");
    if (step) {
      const name = this.tokens[this.at];
      if (name?.type !== "name") { const value = this.unary(evaluating); return value; }
      this.at++;
      const value = wrap(this.variable(name.text) + (step === "++" ? 1n : -1n));
      if (evaluating) this.names.set(name.text, String(value));
      return value;
    }
    if (this.operator("-")) return wrap(-this.unary(evaluating));
    if (this.operator("+")) return this.unary(evaluating);
    if (this.operator("!")) return this.unary(evaluating) === 0n ? 1n : 0n;
    if (this.operator("~")) return ~this.unary(evaluating);
    if (this.operator("(")) {
      const value = this.comma(evaluating);
      if (!this.operator(")")) throw new ArithmeticFailure('")" expected');
      return value;
    }
    const token = this.tokens[this.at++];
    if (token?.type === "number") return parseNumber(token.text);
    if (token?.type === "name") {
      const value = this.variable(token.text);
      const after = this.operator("++", "--");
      if (after && evaluating) this.names.set(token.text, String(wrap(value + (after === "++" ? 1n : -1n))));
      return value;
    }
    throw new ArithmeticFailure(`arithmetic syntax error in "${this.source.trim()}"`);
  }

  private variable(name: string): bigint {
    const text = (this.names.get(name) ?? "").trim();
    if (text === "") return 0n;
    if (/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return text.startsWith("-") ? wrap(-parseNumber(text.slice(1))) : parseNumber(text);
    if (this.depth > 100) throw new ArithmeticFailure(`expression recursion level exceeded: ${name}`);
    return new Evaluator(text, this.names, this.depth + 1).run();
  }
}

export function evaluate(source: string, names: Names): bigint { return new Evaluator(source, names, 0).run(); }
