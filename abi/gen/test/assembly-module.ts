// A module of AssemblyScript stubs and dispatches in Node, linked with a kernel that is only registers: what the client sends
// comes out as an Incoming, and what goes into the dispatch is one. So either side can be paired with either language.
import type { Incoming, Outcome } from "../../../lib/ts/kernel.ts";
import { MESSAGE_CAPS, MESSAGE_WORDS, SHAPE_CAPS, SHAPE_RECEIVE, SHAPE_SEND } from "../../layout/limits.ts";
import { memoryLimits } from "../compile.ts";

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint>;
export type Serve = (incoming: Incoming) => Outcome;

const i64Registers = ["w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"];
const i32Registers = ["c0", "c1", "c2", "c3", "s0a", "s0n", "s1a", "s1n", "r0a", "r0n", "label", "badge", "rights", "shape", "answer"];
/** What an untouched register holds: not zero, so that a stub that forgets one is found. */
const GARBAGE = 0x5a5a5a5a;

export class AssemblyModule {
  readonly memory = new WebAssembly.Memory(memoryLimits);
  readonly bytes = new Uint8Array(this.memory.buffer);
  readonly exports: Exports;
  /** Who answers the calls that the module makes. */
  serve: Serve = () => { throw new Error("nobody serves"); };
  /** Statuses and shapes of the answers given with kernel.reply. */
  readonly replies: { slot: number; status: number; shape: number }[] = [];
  readonly #registers: Record<string, WebAssembly.Global> = {};
  #ranges: Uint8Array[] = [];
  #delivered = new Uint8Array(0);
  #length = 0;

  constructor(binary: Uint8Array<ArrayBuffer>) {
    for (const name of i64Registers) this.#registers[name] = new WebAssembly.Global({ value: "i64", mutable: true }, BigInt(GARBAGE));
    for (const name of i32Registers) this.#registers[name] = new WebAssembly.Global({ value: "i32", mutable: true }, GARBAGE);
    const kernel = {
      ...this.#registers,
      call: (endpoint: number, label: number, shape: number) => this.#call(endpoint, label, shape),
      fetch: (_reply: number, which: number, offset: number, destination: number, length: number) => {
        const part = this.#ranges[which]!.subarray(offset, offset + length);
        this.bytes.set(part, destination);
        return part.length;
      },
      deliver: (_reply: number, offset: number, source: number, length: number) => {
        const count = Math.max(0, Math.min(length, this.#delivered.length - offset));
        this.#delivered.set(this.bytes.subarray(source, source + count), offset);
        this.#length = Math.max(this.#length, offset + count);
        return count;
      },
      reply: (slot: number, status: number, shape: number) => { this.replies.push({ slot, status, shape }); return 0; },
    };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory: this.memory }, kernel });
    this.exports = instance.exports as Exports;
  }

  get(register: string): number | bigint { return this.#registers[register]!.value as number | bigint; }
  set(register: string, value: number | bigint): void { this.#registers[register]!.value = value; }
  scramble(): void {
    for (const name of i64Registers) this.set(name, BigInt(GARBAGE));
    for (const name of i32Registers) this.set(name, GARBAGE);
  }

  /** The module as client: its registers and memory become a message to `serve`. */
  #call(endpoint: number, label: number, shape: number): number {
    const words = shape & 15, caps = (shape >> 4) & 7, ranges = (shape / SHAPE_SEND) & 3, receives = (shape & SHAPE_RECEIVE) !== 0;
    const address = (name: string): number => (this.get(name) as number) >>> 0;
    const room = receives ? (this.get("r0n") as number) : 0, buffer = address("r0a");
    const outcome = this.serve({
      status: 0, label, badge: endpoint, rights: 31, reply: 1, room,
      words: i64Registers.slice(0, words).map((name) => this.get(name) as bigint),
      caps: i32Registers.slice(0, caps).map((name) => this.get(name) as number),
      ranges: Array.from({ length: ranges }, (_, i) => this.bytes.slice(address(`s${i}a`), address(`s${i}a`) + (this.get(`s${i}n`) as number))),
    });
    this.scramble();
    outcome.words?.forEach((word, i) => this.set(`w${i}`, BigInt.asIntN(64, BigInt(word))));
    outcome.caps?.forEach((cap, i) => this.set(`c${i}`, cap));
    const data = (outcome.data ?? new Uint8Array(0)).subarray(0, room);
    if (receives) {
      this.bytes.set(data, buffer);
      this.set("r0n", data.length);
    }
    return outcome.status;
  }

  /** The module as server: the exported function `dispatch` gets the message. */
  dispatch(dispatch: string, incoming: Incoming, receives: boolean): Outcome {
    this.scramble();
    incoming.words.forEach((word, i) => this.set(`w${i}`, word));
    incoming.caps.forEach((cap, i) => this.set(`c${i}`, cap));
    incoming.ranges.forEach((range, i) => this.set(`s${i}n`, range.length));
    this.set("r0n", incoming.room);
    this.set("shape", incoming.words.length + incoming.caps.length * SHAPE_CAPS + incoming.ranges.length * SHAPE_SEND + (receives ? SHAPE_RECEIVE : 0));
    this.#ranges = incoming.ranges;
    this.#delivered = new Uint8Array(incoming.room);
    this.#length = 0;
    const status = this.exports[dispatch]!(incoming.label, incoming.badge) as number;
    const answer = this.get("answer") as number, words = answer & 15, caps = answer >> 4;
    if (words > MESSAGE_WORDS || caps > MESSAGE_CAPS) throw new Error(`the answer's shape ${answer} is impossible`);
    return {
      status, data: this.#delivered.slice(0, this.#length),
      words: i64Registers.slice(0, words).map((name) => this.get(name) as bigint),
      caps: i32Registers.slice(0, caps).map((name) => this.get(name) as number),
    };
  }
}
