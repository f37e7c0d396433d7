// yes: a line for ever.

import { concatenate, encode } from "../api/streams.ts";
import { utility, type Tool } from "./utility.ts";

export const yes = utility({ usage: "yes [STRING...]" }, (tool: Tool) => {
  const line = encode((tool.operands.join(" ") || "y") + "\n");
  const block = concatenate(Array<Uint8Array>(Math.max(1, Math.floor(16384 / line.length))).fill(line));
  for (;;) if (!(tool.out.bytes(block), tool.out.flush())) return 1;
});
