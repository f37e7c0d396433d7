// seq: numbers in sequence.

import { utility, type Tool } from "./utility.ts";

export const seq = utility({ usage: "seq [-w] [-s SEPARATOR] [-f FORMAT] [FIRST [STEP]] LAST", flags: "w", values: "sf", stopsAtOperand: true, long: { "equal-width": "w", separator: "s", format: "f" } }, (tool: Tool) => {
  const operands = tool.operands;
  if (operands.length < 1 || operands.length > 3) tool.quit(operands.length === 0 ? "missing operand" : `extra operand '${operands[3]}'`);
  for (const text of operands) if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) tool.quit(`invalid floating point argument: '${text}'`);
  const [first, step, last] = operands.length === 1 ? ["1", "1", operands[0]!] : operands.length === 2 ? [operands[0]!, "1", operands[1]!] : [operands[0]!, operands[1]!, operands[2]!];
  const decimals = Math.max(...[first, step].map((text) => /\.(\d+)/.exec(text)?.[1]!.length ?? 0));
  if (Number(step) === 0) tool.quit(`invalid Zero increment value: '${step}'`);
  const scale = 10 ** Math.max(decimals, /\.(\d+)/.exec(last)?.[1]!.length ?? 0);
  const [from, by, to] = [Math.round(Number(first) * scale), Math.round(Number(step) * scale), Math.round(Number(last) * scale)];
  const show = (value: number) => (value / scale).toFixed(decimals);
  const width = tool.has("w") ? Math.max(show(from).length, show(from + Math.floor((to - from) / by) * by).length) : 0;
  const separator = (tool.value("s") ?? "\n").replace(/\\n/g, "\n").replace(/\\t/g, "\t");
  const format = tool.value("f");
  let any = false;
  for (let value = from; by > 0 ? value <= to : value >= to; value += by) {
    let text = show(value);
    if (width) text = text.startsWith("-") ? `-${text.slice(1).padStart(width - 1, "0")}` : text.padStart(width, "0");
    if (format !== undefined) text = format.replace(/%([-0 ]*)(\d*)(?:\.(\d+))?[fgeEG]/, (_, flags: string, size: string, precision: string | undefined) => { const number = precision === undefined ? String(value / scale) : (value / scale).toFixed(Number(precision)); return flags.includes("-") ? number.padEnd(Number(size)) : number.padStart(Number(size), flags.includes("0") ? "0" : " "); });
    tool.out.text((any ? separator : "") + text);
    any = true;
  }
  if (any) tool.out.text("\n");
  return 0;
});
