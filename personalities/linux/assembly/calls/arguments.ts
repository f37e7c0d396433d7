// args_get, args_sizes_get, environ_get, environ_sizes_get.

import { process } from "../region";
import { giveSizes, giveStrings } from "../startup-data";

export function args_sizes_get(count: usize, length: usize): i32 {
  return giveSizes(process().argumentCount, process().argumentBytes, count, length);
}

export function args_get(pointers: usize, strings: usize): i32 {
  return giveStrings(0, process().argumentCount, process().argumentBytes, pointers, strings);
}

export function environ_sizes_get(count: usize, length: usize): i32 {
  return giveSizes(process().environmentCount, process().environmentBytes, count, length);
}

export function environ_get(pointers: usize, strings: usize): i32 {
  return giveStrings(process().argumentBytes, process().environmentCount, process().environmentBytes, pointers, strings);
}
