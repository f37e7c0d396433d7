// Text on standard output and standard error.

import { Process } from "./process";

/** 0, or a negative status. Nothing happens without a standard output. */
export function print(text: string): i32 {
  const file = Process.self().descriptor(1);
  return file ? file.print(text) : 0;
}

/** A message as programs give them: `NAME: text`. */
export function complain(text: string): void {
  const process = Process.self(), file = process.descriptor(2);
  const name = process.args.length > 0 ? process.args[0] : "program";
  if (file) file.print(name.substring(name.lastIndexOf("/") + 1) + ": " + text + "\n");
}
