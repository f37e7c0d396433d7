// The kernel's short way of reading (kernel-wasm/assembly/direct) as a domain's Worker has it, but for the test's own thread, and before it is merged with the
// emulation library: so it is tested where there is no multi-memory, too. It acts for a puppet's thread, which must be idle as long as it is used.
//
//   const reader = await DirectReader.of(machine, puppet.number);
//   reader.read(5, 0n, 100) ?? "would have asked the kernel"
//   reader.readNow(5, 0n, 100) ?? "would have looked it up"

import * as L from "../../abi/layout/kernel-memory.ts";
import { PageBytes } from "../machine/page-memory.ts";
import { kernelDirect } from "../../tools/build/assembly-modules.ts";
import { compileAssembly } from "../../tools/build/compile-assembly.ts";
import type { TestMachine } from "./test-machine.ts";

type Read = (slot: number, offset: bigint, selector: number, destination: number, length: number) => number;

/** Of the program that reads: a memory of one page of 64 KiB. */
const PROGRAM_SIZE = 65536;

export async function compileDirect(): Promise<WebAssembly.Module> { return WebAssembly.compile(new Uint8Array(await compileAssembly(kernelDirect))); }

export class DirectReader {
  /** The program's memory. */
  readonly program = new Uint8Array(PROGRAM_SIZE);
  readonly #kernel: DataView;
  readonly #domain: number;
  readonly #thread: number;
  readonly #calls: { dataspaceRead: Read; dataspaceReadNow: Read };

  private constructor(machine: TestMachine, module: WebAssembly.Module, number: number) {
    const { kernelMemory, pageMemory } = machine.machine, pages = new PageBytes(pageMemory);
    this.#kernel = new DataView(kernelMemory.buffer);
    this.#domain = L.DOMAINS + number * L.DOMAIN_SIZE;
    const index = this.#kernel.getUint32(this.#domain + L.D_THREAD, true) - 1;
    if (index < 0) throw new Error(`domain ${number} has no thread`);
    this.#thread = L.THREADS + index * L.THREAD_SIZE;
    this.#calls = new WebAssembly.Instance(module, {
      env: { memory: kernelMemory },
      short: { thread: this.#thread, domain: this.#domain, dataspaceRead: (() => -1) satisfies Read },
      "page-access": { pages: () => PROGRAM_SIZE >> 16, copy: (destination: number, source: number, length: number) => { this.program.set(pages.upTo(source + length).subarray(source, source + length), destination); } },
    }).exports as { dataspaceRead: Read; dataspaceReadNow: Read };
  }

  static async of(machine: TestMachine, domain: number): Promise<DirectReader> {
    return new DirectReader(machine, await compileDirect(), domain);
  }

  /** What the short way reads; undefined if it leaves that to the kernel's own. */
  read(slot: number, offset: bigint, length: number, at = 0): Uint8Array | undefined { return this.#result(this.#calls.dataspaceRead(slot, offset, 1, at, length), at); }

  /** The same with nothing but what is remembered. */
  readNow(slot: number, offset: bigint, length: number, at = 0): Uint8Array | undefined { return this.#result(this.#calls.dataspaceReadNow(slot, offset, 1, at, length), at); }

  #result(got: number, at: number): Uint8Array | undefined { return got < 0 ? undefined : this.program.slice(at, at + got); }

  /** Whether the thread tells that it may be looking at something that is freed. */
  get copying(): boolean { return (this.#kernel.getUint32(this.#thread + L.T_COPYING, true) & 1) !== 0; }

  /** The badge that the slot's capability has at this moment, 0 without one. */
  badgeOf(slot: number): number {
    const cap = this.#kernel.getUint32(this.#domain + L.D_DIRECTORY + (slot >> 8) * 4, true) + (slot & 255) * 64;
    return this.#kernel.getUint8(cap) ? this.#kernel.getUint32(cap + L.C_BADGE, true) : 0;
  }
}
