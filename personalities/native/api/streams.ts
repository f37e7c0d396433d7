// Buffered output and whole-file input over descriptors, which nearly every program uses.
//
// Output collects and writes when 32 KiB are full, when a line ends on a terminal, and at flush(): call flush() before the
// program returns or starts a child. A pipe without a reader ends the program with 141 (128 + SIGPIPE), as POSIX would.

import { concatenate, decodeTextLosslessly, encodeText } from "../../../lib/ts/text.ts";
import { Failure, type Result } from "./failure.ts";
import { Open, type NativeSystem } from "./native-system.ts";
import { ProgramExit } from "./program.ts";

const LIMIT = 32768;

export { concatenate };
/** Text and bytes, both ways without loss: what is no UTF-8 goes through strings as lone surrogates, and a mark of byte order stays. */
export const encode = encodeText;
export const decode = decodeTextLosslessly;
/** A script, which some editors begin with a mark of byte order: without that. */
export const decodeScript = (bytes: Uint8Array): string => decode(bytes).replace(/^\ufeff/, "");

/** Write all of it. */
export function writeAll(system: NativeSystem, fd: number, data: Uint8Array): Result<0> {
  for (let done = 0; done < data.length;) {
    const taken = system.write(fd, data.subarray(done, done + 65536));
    if (taken instanceof Failure) return taken;
    done += taken;
  }
  return 0;
}

export class Output {
  private parts: Uint8Array[] = [];
  private held = 0;
  private readonly byLine: boolean;
  private readonly name: string;
  private failed = false;

  constructor(private readonly system: NativeSystem, private readonly fd = 1) {
    this.byLine = system.isTerminal(fd);
    this.name = system.args[0] ?? "";
  }

  text(text: string): void { this.bytes(encode(text)); }

  line(text = ""): void { this.text(text + "\n"); }

  bytes(data: Uint8Array): void {
    if (data.length === 0) return;
    this.parts.push(data);
    this.held += data.length;
    if (this.held >= LIMIT || (this.byLine && data.includes(10))) this.flush();
  }

  /** False if it could not be written (the reason is then on standard error, once). */
  flush(): boolean {
    if (this.held > 0) {
      const data = this.parts.length === 1 ? this.parts[0]! : concatenate(this.parts);
      this.parts = [];
      this.held = 0;
      const result = writeAll(this.system, this.fd, data);
      if (result instanceof Failure) {
        if (result.error === "BrokenPipe") throw new ProgramExit(141);
        if (result.error === "Interrupted") throw new ProgramExit(130);
        if (!this.failed) writeAll(this.system, 2, encode(`${this.name}: write error: ${result.message}\n`));
        this.failed = true;
      }
    }
    return !this.failed;
  }
}

/** All that is left of an open file, but no more than `most` bytes. */
export function readAll(system: NativeSystem, fd: number, most = Infinity): Result<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let left = most; left > 0;) {
    const part = system.read(fd, Math.min(left, 65536));
    if (part instanceof Failure) return part;
    if (part.length === 0) break;
    parts.push(part);
    left -= part.length;
  }
  return parts.length === 1 ? parts[0]! : concatenate(parts);
}

/** The contents of a file, or its first `most` bytes; `-` is standard input. */
export function readFile(system: NativeSystem, path: string, most = Infinity): Result<Uint8Array> {
  if (path === "-") return readAll(system, 0, most);
  const fd = system.open(path, Open.Read);
  if (fd instanceof Failure) return fd;
  const data = readAll(system, fd, most);
  system.close(fd);
  return data;
}

/** Create or replace a file. */
export function writeFile(system: NativeSystem, path: string, data: Uint8Array, mode = 0o666): Result<0> {
  const fd = system.open(path, Open.Write | Open.Create | Open.Truncate, mode);
  if (fd instanceof Failure) return fd;
  const result = writeAll(system, fd, data);
  system.close(fd);
  return result;
}
