// Proof that 64 KiB of stack are left, in one call: a function across whose calls 4096 values of 16 bytes are alive, so that every
// compiler gives it a frame of that size, and the engine checks the frame against the stack's end before the first instruction. It
// leaves at once. (Values without names need results in plenty, which AssemblyScript does not have: hence a module by hand. Many calls
// with few results each, as the time that an engine takes to compile the function grows with the square of a call's results: 8 calls with
// 1000 of eight bytes took it 8 ms, at the first call in a boot, for which all else waited.)
//
//   (module (type $many (func (result v128 × 64))) (type $all (func (param v128 × 64)))
//     (import "a" "b" (func $give (type $many))) (import "a" "c" (func $take (type $all)))
//     (func (export "p") (param $never i32)
//       (if (i32.eqz (local.get $never)) (then (return)))
//       (call $give) × 64 … (call $take) × 64))

const VALUES = 64, TIMES = 64;
const I32 = 0x7f, V128 = 0x7b, CALL = 0x10;

const size = (value: number): number[] => value < 128 ? [value] : [value & 127 | 128, ...size(value >> 7)];
const section = (id: number, ...content: number[]): number[] => [id, ...size(content.length), ...content];
const many = [...size(VALUES), ...Array<number>(VALUES).fill(V128)];
const calls = (target: number): number[] => Array.from({ length: TIMES }, () => [CALL, target]).flat();
const body = [0, 0x20, 0, 0x45, 0x04, 0x40, 0x0f, 0x0b, ...calls(0), ...calls(1), 0x0b];

const bytes = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, 3, 0x60, 0, ...many, 0x60, ...many, 0, 0x60, 1, I32, 0),
  ...section(2, 2, 1, 0x61, 1, 0x62, 0, 0, 1, 0x61, 1, 0x63, 0, 1),
  ...section(3, 1, 2),
  ...section(7, 1, 1, 0x70, 0, 2),
  ...section(10, 1, ...size(body.length), ...body),
]);

/** Compiled once, by the machine: an engine that compiles a function when it is first called then does that once, too. */
export function stackProbeModule(): WebAssembly.Module { return new WebAssembly.Module(bytes); }

/** A Wasm function to be called with 0: traps with the engine's stack overflow unless 64 KiB are left. */
export function stackProbe(module: WebAssembly.Module): (never: number) => void {
  const imports = { b: () => { throw new Error("never called"); }, c: () => { throw new Error("never called"); } };
  return new WebAssembly.Instance(module, { a: imports }).exports.p as (never: number) => void;
}
