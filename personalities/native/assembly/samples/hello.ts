// hello [NAME]: the smallest native program.
import { print } from "../file";
import { argument } from "../process";

export function main(): i32 {
  const name = argument(1);
  return print("hello, " + (name.length ? name : "world")) < 0 ? 1 : 0;
}
