// cp: copies of files and, with -r, of trees.

import { copy, destinations } from "./copying.ts";
import { utility, type Tool } from "./utility.ts";

export const cp = utility({ usage: "cp [-afinpRrTuvLP] SOURCE... TARGET", flags: "afinpRrTuvLPdH", values: "t", long: { archive: "a", recursive: "r", force: "f", interactive: "i", "no-clobber": "n", verbose: "v", preserve: "p", update: "u", dereference: "L", "target-directory": "t", "no-target-directory": "T" } }, (tool: Tool) => {
  const recursive = tool.has("r") || tool.has("R") || tool.has("a");
  for (const { from, to } of destinations(tool, tool.value("t"), tool.has("T"))) {
    copy(tool, from, to, { recursive, preserve: tool.has("p") || tool.has("a"), follow: tool.has("L"), force: tool.has("f"), noClobber: tool.has("n"), verbose: tool.has("v"), interactive: tool.has("i") && !tool.has("n"), update: tool.has("u") });
  }
});
