// env: a command in a changed environment; printenv: the environment.

import { run } from "./running.ts";
import { utility, type Tool } from "./utility.ts";

export const env = utility({ usage: "env [-i] [-u NAME] [NAME=VALUE...] [COMMAND [ARGUMENT...]]", flags: "i0", values: "u", stopsAtOperand: true, long: { "ignore-environment": "i", unset: "u", null: "0" } }, (tool: Tool) => {
  const variables = new Map(tool.has("i") ? [] : tool.system.env);
  for (const name of tool.all("u")) variables.delete(name);
  let operands = tool.operands;
  if (operands[0] === "-") { variables.clear(); operands = operands.slice(1); }
  while (operands[0]?.includes("=")) {
    const at = operands[0].indexOf("=");
    variables.set(operands[0].slice(0, at), operands[0].slice(at + 1));
    operands = operands.slice(1);
  }
  if (operands.length > 0) return run(tool, operands, variables);
  for (const [name, value] of variables) tool.out.text(`${name}=${value}${tool.has("0") ? "\0" : "\n"}`);
  return 0;
});

export const printenv = utility({ usage: "printenv [NAME...]" }, (tool: Tool) => {
  if (tool.operands.length === 0) for (const [name, value] of tool.system.env) tool.out.line(`${name}=${value}`);
  for (const name of tool.operands) {
    const value = tool.system.env.get(name);
    if (value === undefined) tool.status = 1;
    else tool.out.line(value);
  }
});
