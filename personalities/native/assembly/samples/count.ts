// count: lines, words and bytes of files, as wc shows them.

import { FileFlags } from "../../../../abi/generated/assembly/enums";
import { errorMessage } from "../error-message";
import { File } from "../file";
import { complain, print } from "../print";
import { Process } from "../process";

const ROOM: i32 = 65536;

class Counts { lines: i64 = 0; words: i64 = 0; bytes: i64 = 0 }

/** 0, or a negative status. */
function count(file: File, buffer: ArrayBuffer, counts: Counts): i32 {
  let inWord = false, length: i32;
  while ((length = file.read(buffer, 0, ROOM)) > 0) {
    counts.bytes += length;
    for (let at = 0; at < length; at++) {
      const byte = load<u8>(changetype<usize>(buffer) + <usize>at);
      const blank = byte == 32 || (byte >= 9 && byte <= 13);
      if (byte == 10) counts.lines++;
      if (!blank && !inWord) counts.words++;
      inWord = !blank;
    }
  }
  return length;
}

function show(counts: Counts, name: string): void {
  print(counts.lines.toString().padStart(7) + " " + counts.words.toString().padStart(7) + " " + counts.bytes.toString().padStart(7) + (name.length > 0 ? " " + name : "") + "\n");
}

export function main(): i32 {
  const process = Process.self(), buffer = new ArrayBuffer(ROOM), total = new Counts();
  let status = 0;
  const one = process.args.length <= 2;
  for (let index = 1; index < max(process.args.length, 2); index++) {
    const path = index < process.args.length ? process.args[index] : "";
    const file = path.length > 0 ? File.open(path, FileFlags.Read) : process.descriptor(0);
    if (!file) { complain(path + ": " + errorMessage(File.status)); status = 1; continue; }
    const counts = new Counts();
    const failed = count(file, buffer, counts);
    if (path.length > 0) file.close();
    if (failed < 0) { complain(path + ": " + errorMessage(failed)); status = 1; continue; }
    show(counts, path);
    total.lines += counts.lines;
    total.words += counts.words;
    total.bytes += counts.bytes;
  }
  if (!one) show(total, "total");
  return status;
}
