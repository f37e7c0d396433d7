// echo: its operands on one line. As in dash and XSI, backslash escapes count; -n leaves out the newline.

import type { Program } from "../api/program.ts";
import { Output } from "../api/streams.ts";
import { expandEscapes } from "./escapes.ts";

export const echo: Program = (system) => {
  let operands = system.args.slice(1);
  let newline = true;
  while (operands[0] === "-n" || operands[0] === "-e") { newline &&= operands[0] !== "-n"; operands = operands.slice(1); }
  const out = new Output(system);
  const { bytes, stop } = expandEscapes(operands.join(" "), "echo");
  out.bytes(bytes);
  if (newline && !stop) out.text("\n");
  return out.flush() ? 0 : 1;
};
