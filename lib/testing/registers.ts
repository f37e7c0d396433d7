// The message registers of the fake machine's one Worker, as the Wasm globals that server modules import.

const WORDS = ["w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"] as const;
const NUMBERS = ["c0", "c1", "c2", "c3", "s0a", "s0n", "s1a", "s1n", "r0a", "r0n", "label", "badge", "rights", "shape", "answer"] as const;
type NumberRegister = (typeof NUMBERS)[number];

export class Registers {
  /** What a module imports from `kernel` under these names. */
  readonly globals: Record<string, WebAssembly.Global> = {};

  constructor() {
    for (const name of WORDS) this.globals[name] = new WebAssembly.Global({ value: "i64", mutable: true }, 0n);
    for (const name of NUMBERS) this.globals[name] = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  }

  get(name: NumberRegister): number { return this.globals[name]!.value as number; }
  set(name: NumberRegister, value: number): void { this.globals[name]!.value = value; }
  word(index: number): bigint { return this.globals[WORDS[index]!]!.value as bigint; }
  setWord(index: number, value: bigint): void { this.globals[WORDS[index]!]!.value = BigInt.asIntN(64, value); }

  words(count: number): bigint[] { return WORDS.slice(0, count).map((_, i) => this.word(i)); }
  /** The given words; the rest is cleared. */
  setWords(words: readonly bigint[]): void { WORDS.forEach((_, i) => this.setWord(i, words[i] ?? 0n)); }
  caps(count: number): number[] { return (["c0", "c1", "c2", "c3"] as const).slice(0, count).map((name) => this.get(name)); }
  setCaps(slots: readonly number[]): void { (["c0", "c1", "c2", "c3"] as const).forEach((name, i) => this.set(name, slots[i] ?? 0)); }

  /** All of them, to put back later. */
  save(): () => void {
    const values = Object.entries(this.globals).map(([name, global]) => [name, global.value] as const);
    return () => { for (const [name, value] of values) this.globals[name]!.value = value; };
  }
}
