// basename and dirname: parts of path names.

import { baseName, directoryName } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

export const basename = utility({ usage: "basename NAME [SUFFIX] | basename -a [-s SUFFIX] NAME...", flags: "az", values: "s", long: { multiple: "a", suffix: "s" } }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  const many = tool.has("a") || tool.has("s");
  if (!many && tool.operands.length > 2) tool.quit(`extra operand '${tool.operands[2]}'`);
  for (const name of many ? tool.operands : tool.operands.slice(0, 1)) tool.out.line(baseName(name, many ? tool.value("s") : tool.operands[1]));
});

export const dirname = utility({ usage: "dirname NAME..." }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const name of tool.operands) tool.out.line(directoryName(name));
});
