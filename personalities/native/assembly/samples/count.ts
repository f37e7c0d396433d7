// count [FILE]: lines and bytes of a file or of standard input.
import { File, FLAG_READ, print } from "../file";
import { argument } from "../process";

const CHUNK: i32 = 65536;

export function main(): i32 {
  const path = argument(1);
  const file = path.length ? File.open(path, FLAG_READ) : File.inherited(0);
  if (file.status < 0) { print("count: " + path + ": error " + (-file.status).toString()); return 1; }
  const buffer = new ArrayBuffer(CHUNK), at = changetype<usize>(buffer);
  let lines = 0, bytes: i64 = 0;
  while (true) {
    const count = file.read(at, CHUNK);
    if (count < 0) { print("count: error " + (-count).toString()); return 1; }
    if (count == 0) break;
    bytes += count;
    for (let i = 0; i < count; i++) if (load<u8>(at + i) == 10) lines++;
  }
  print(lines.toString() + " " + bytes.toString() + (path.length ? " " + path : ""));
  return 0;
}
