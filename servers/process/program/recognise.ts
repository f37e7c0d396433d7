// Recognises a program file by its contents, as the shell user expects of `exec`: never by its name.

import { isModule, isScript } from "../../../lib/ts/program-magic.ts";
import { decodeText } from "../../../lib/ts/text.ts";
import { NATIVE_ENVIRONMENT, readImports, type ReadBytes } from "./import-section.ts";

export type Program =
  /** A WASI module: runs beside the Linux personality's emulation library. */
  | { readonly kind: "linux" }
  /** A module that imports the kernel's calls itself. */
  | { readonly kind: "native" }
  /** `#!grail NAME`: a TypeScript program of the native personality. */
  | { readonly kind: "built-in"; readonly name: string }
  /** `#! interpreter [argument]`. */
  | { readonly kind: "script"; readonly interpreter: string; readonly argument: string | undefined }
  | { readonly kind: "refused"; readonly error: "BadProgram" | "MissingImport"; readonly reason: string };

/** Longest first line of a script, as on Linux since 5.1. */
const LINE_LIMIT = 256;
const WASI = new Set(["wasi_snapshot_preview1", "wasi_unstable"]);
const refused = (error: "BadProgram" | "MissingImport", reason: string): Program => ({ kind: "refused", error, reason });

export function recognise(read: ReadBytes, size: number): Program {
  const head = read(0, Math.min(LINE_LIMIT, size));
  if (head.length === 0) return refused("BadProgram", "the file is empty");
  if (isModule(head)) return recogniseModule(read, size);
  if (isScript(head)) return recogniseScript(head);
  const binary = head.includes(0);
  return refused("BadProgram", binary ? "not a WebAssembly module" : "neither a WebAssembly module nor a `#!` script");
}

function recogniseModule(read: ReadBytes, size: number): Program {
  const imports = readImports(read, size);
  if ("fault" in imports) return refused("BadProgram", imports.fault);
  const { modules } = imports;
  const native = modules.has("kernel");
  const foreign = [...modules].filter(([key]) => !(native && NATIVE_ENVIRONMENT.has(key))).map(([, one]) => one);
  const stranger = foreign.find(({ module }) => module !== "kernel" && !WASI.has(module));
  if (stranger) return refused("MissingImport", `imports ${stranger.module}.${stranger.name}, which nothing here provides`);
  if (native && foreign.length > 1) return refused("MissingImport", "imports both WASI and the kernel");
  return { kind: native ? "native" : "linux" };
}

function recogniseScript(head: Uint8Array): Program {
  const end = head.indexOf(0x0a);
  if (end < 0 && head.length >= LINE_LIMIT) return refused("BadProgram", `the first line is longer than ${LINE_LIMIT} bytes`);
  const line = decodeText(head.subarray(2, end < 0 ? head.length : end)).replace(/\r$/, "").trim();
  const [, interpreter = "", argument] = /^(\S*)(?:\s+(.*))?$/.exec(line) ?? [];
  if (interpreter === "") return refused("BadProgram", "the first line names no interpreter");
  if (interpreter !== "grail") return { kind: "script", interpreter, argument };
  return argument ? { kind: "built-in", name: argument } : refused("BadProgram", "`#!grail` names no program");
}
