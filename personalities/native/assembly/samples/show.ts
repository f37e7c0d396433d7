// show: files one after the other, as cat gives them; `show -r COMMAND [ARGUMENT...]` runs a command and tells how it ended.

import { FileFlags } from "../../../../abi/generated/assembly/enums";
import { errorMessage } from "../error-message";
import { File } from "../file";
import { complain, print } from "../print";
import { Process } from "../process";

const ROOM: i32 = 65536;

function run(process: Process): i32 {
  if (process.args.length < 3) { complain("-r needs a command"); return 2; }
  const pid = process.spawn(process.args[2], process.args.slice(2));
  if (pid < 0) { complain(process.args[2] + ": " + errorMessage(pid)); return 127; }
  const status = process.wait(pid);
  print(process.args[2] + " ended with status " + status.toString() + "\n");
  return status;
}

export function main(): i32 {
  const process = Process.self(), output = process.descriptor(1), buffer = new ArrayBuffer(ROOM);
  if (process.args.length > 1 && process.args[1] == "-r") return run(process);
  if (!output) return 1;
  let status = 0;
  for (let index = 1; index < max(process.args.length, 2); index++) {
    const path = index < process.args.length ? process.args[index] : "-";
    const file = path == "-" ? process.descriptor(0) : File.open(path, FileFlags.Read);
    if (!file) { complain(path + ": " + errorMessage(File.status)); status = 1; continue; }
    for (;;) {
      const length = file.read(buffer, 0, ROOM);
      if (length < 0) { complain(path + ": " + errorMessage(length)); status = 1; }
      if (length <= 0) break;
      if (output.write(buffer, 0, length) < 0) return 141;
    }
    if (path != "-") file.close();
  }
  return status;
}
