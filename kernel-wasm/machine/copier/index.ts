// Copies between two Wasm memories, and access to one memory for code that lives on another. To use it, ask for the pair
// once (`copierFor`, `accessorsFor`), keep the functions, and call them as often as needed: they stay valid when a memory
// grows. Where the engine has multi-memory they are Wasm functions of a module made for the pair; elsewhere (Node 20) they
// are JavaScript with the same signatures and the same traps. Nothing here may be called with addresses that wait for a
// lock: both memories can be written by others meanwhile.

import { decodeBase64 } from "../../../lib/ts/base64.ts";
import { memoryPairModules } from "./generated/memory-pair.ts";
import { fallbackPair } from "./fallback.ts";

/** Addresses and lengths are unsigned 32-bit numbers of bytes. Out of bounds: WebAssembly.RuntimeError, and nothing copied. */
export interface Copier {
  /** From memory a to memory b. */
  copy(destinationInB: number, sourceInA: number, length: number): void;
  /** From memory b to memory a. */
  copyBack(destinationInA: number, sourceInB: number, length: number): void;
}

/** What a library sees of its program's memory: little-endian, any alignment. Errors as in Copier. */
export interface Accessors {
  load8_u(address: number): number;
  load16_u(address: number): number;
  load32(address: number): number;
  load64(address: number): bigint;
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  store64(address: number, value: bigint): void;
  /** From the program's memory into the library's. */
  copyIn(destinationInLibrary: number, sourceInProgram: number, length: number): void;
  /** From the library's memory into the program's. */
  copyOut(destinationInProgram: number, sourceInLibrary: number, length: number): void;
  /** Bytes of the program's memory now, as an i32; 4 GiB count as 4 GiB - 1. */
  size(): number;
}

/** What memory-pair.wat exports. */
export type MemoryPair = Copier & Omit<Accessors, "copyIn" | "copyOut">;

export type CopierKind = "multi-memory" | "fallback";

/** By variant; undefined: not needed yet. */
let compiled: (WebAssembly.Module | undefined)[] = [];
let kind: CopierKind | undefined;

/** Which of the two this engine gets. */
export function copierKind(): CopierKind {
  kind ??= WebAssembly.validate(decodeBase64(memoryPairModules[0]!)) ? "multi-memory" : "fallback";
  return kind;
}

/** All variants, to be handed to other Workers, which then need not compile any; empty where there is no multi-memory. */
export function copierModules(): readonly WebAssembly.Module[] {
  return copierKind() === "fallback" ? [] : memoryPairModules.map((_, variant) => moduleOf(variant));
}

/** Use what `copierModules` gave elsewhere. To be called before anything else here. */
export function adoptCopierModules(modules: readonly WebAssembly.Module[]): void {
  compiled = [...modules];
  kind = modules.length > 0 ? "multi-memory" : "fallback";
}

function moduleOf(variant: number): WebAssembly.Module { return compiled[variant] ??= new WebAssembly.Module(decodeBase64(memoryPairModules[variant]!)); }

const isShared = (memory: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;

function pair(a: WebAssembly.Memory, b: WebAssembly.Memory, wanted: CopierKind): MemoryPair {
  if (wanted === "fallback") return fallbackPair(a, b);
  const variant = (isShared(a) ? 2 : 0) + (isShared(b) ? 1 : 0);
  const instance = new WebAssembly.Instance(moduleOf(variant), { a: { memory: a }, b: { memory: b } });
  return instance.exports as unknown as MemoryPair;
}

/** Copies between `a` and `b`; either may be shared, and they may be the same memory (then overlaps are safe). */
export function copierFor(a: WebAssembly.Memory, b: WebAssembly.Memory, kind: CopierKind = copierKind()): Copier {
  return pair(a, b, kind);
}

/** Access to `program`'s memory for code whose own memory is `library`. All of it can be imported by a Wasm module. */
export function accessorsFor(
  program: WebAssembly.Memory,
  library: WebAssembly.Memory,
  kind: CopierKind = copierKind(),
): Accessors {
  const { load8_u, load16_u, load32, load64, store8, store16, store32, store64, copy, copyBack, size } =
    pair(program, library, kind);
  return {
    load8_u, load16_u, load32, load64, store8, store16, store32, store64, size,
    copyIn: copy,
    copyOut: copyBack,
  };
}
