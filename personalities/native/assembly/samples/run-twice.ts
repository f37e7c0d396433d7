// run-twice PROGRAM [ARGUMENT...]: runs a program two times, one after the other; its status is the second's.
import { print } from "../file";
import { processArguments, spawn, waitFor } from "../process";

export function main(): i32 {
  const words = processArguments().slice(1);
  if (words.length == 0) { print("usage: run-twice PROGRAM [ARGUMENT...]"); return 2; }
  let status = 0;
  for (let i = 0; i < 2; i++) {
    const pid = spawn(words[0], words);
    if (pid < 0) { print("run-twice: " + words[0] + ": error " + (-pid).toString()); return 127; }
    status = waitFor(pid);
  }
  return status < 0 ? 1 : status;
}
