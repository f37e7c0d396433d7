// hello: greets, and shows what a native program in AssemblyScript knows of itself.

import { print } from "../print";
import { Process } from "../process";

export function main(): i32 {
  const process = Process.self();
  const name = process.args.length > 1 ? process.args[1] : "world";
  return print("Hello, " + name + "! I am process " + process.pid.toString() + ", child of " + process.parent.toString() + ".\n") < 0 ? 1 : 0;
}
