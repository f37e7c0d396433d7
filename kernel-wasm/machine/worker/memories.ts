// The memories that this Worker's code can be on, numbered as the kernel numbers them (0 is page memory), and in the kernel's function table the copiers between
// them and the servers on them.

import { copierFor, copierKind } from "../copier/index.ts";
import { currentBuffer } from "../growth.ts";

/** Numbers 0–15, and where the copiers stand in the table: kernel-wasm/assembly/machine.ts says the same. */
export const MEMORIES = 16;
const COPIERS = 16, DISPATCHERS = COPIERS + MEMORIES * MEMORIES;

export class Memories {
  readonly #memories: (WebAssembly.Memory | undefined)[] = [];
  readonly #table: WebAssembly.Table;

  constructor(table: WebAssembly.Table, pageMemory: WebAssembly.Memory) {
    this.#table = table;
    const missing = DISPATCHERS + MEMORIES - table.length;
    if (missing > 0) table.grow(missing);
    this.#memories[0] = pageMemory;
    this.#connect(0, 0);
  }

  /** Size in 64 KiB pages; 0 if there is no memory of that number. */
  pages(number: number): number {
    const memory = this.#memories[number];
    return memory ? currentBuffer(memory).byteLength / 65536 : 0;
  }

  /** Number a memory and connect it with `partners` (page memory always is one). 0 if all numbers are taken. */
  add(memory: WebAssembly.Memory, partners: "all" | readonly number[]): number {
    let number = 1;
    while (number < MEMORIES && this.#memories[number]) number++;
    if (number >= MEMORIES) return 0;
    this.#memories[number] = memory;
    this.#connect(number, number);
    const others = partners === "all" ? this.#memories.keys() : [0, ...partners];
    for (const other of others) if (other !== number && this.#memories[other]) this.#connect(number, other);
    return number;
  }

  /** Let the kernel enter the server on memory `number` by `dispatch`, a Wasm function. */
  serve(number: number, dispatch: unknown): void { this.#table.set(DISPATCHERS + number, dispatch); }

  remove(number: number): void {
    this.#memories[number] = undefined;
    this.#table.set(DISPATCHERS + number, null);
    for (let other = 0; other < MEMORIES; other++) {
      this.#table.set(COPIERS + (number << 4 | other), null);
      this.#table.set(COPIERS + (other << 4 | number), null);
    }
  }

  get(number: number): WebAssembly.Memory | undefined { return this.#memories[number]; }

  #connect(a: number, b: number): void {
    const copier = copierFor(this.#memories[a]!, this.#memories[b]!);
    this.#set(b, a, copier.copy);
    if (a !== b) this.#set(a, b, copier.copyBack);
  }

  #set(to: number, from: number, copy: (destination: number, source: number, length: number) => void): void {
    this.#table.set(COPIERS + (to << 4 | from), wasmFunction(copy));
  }
}

/** A table takes Wasm functions only: the fallback's JavaScript functions are wrapped once. */
function wasmFunction(copy: (destination: number, source: number, length: number) => void): unknown {
  if (copierKind() === "multi-memory") return copy;
  wrapper ??= new WebAssembly.Module(wrapperBytes);
  return new WebAssembly.Instance(wrapper, { a: { f: copy } }).exports.f;
}

let wrapper: WebAssembly.Module | undefined;
// (module (import "a" "f" (func (param i32 i32 i32))) (export "f" (func 0)))
const wrapperBytes = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0, 2, 7, 1, 1, 0x61, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0, 0,
]);
