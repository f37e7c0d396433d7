// In the linked build the program's memory is the only memory there is: no accessors, no checks. Takes the place of
// personalities/linux/assembly/program.ts.

@inline export function load8(address: usize): u32 { return load<u8>(address); }
@inline export function load16(address: usize): u32 { return load<u16>(address); }
@inline export function load32(address: usize): u32 { return load<u32>(address); }
@inline export function load64(address: usize): u64 { return load<u64>(address); }
@inline export function store8(address: usize, value: u32): void { store<u8>(address, <u8>value); }
@inline export function store16(address: usize, value: u32): void { store<u16>(address, <u16>value); }
@inline export function store32(address: usize, value: u32): void { store<u32>(address, value); }
@inline export function store64(address: usize, value: u64): void { store<u64>(address, value); }
@inline export function copyIn(destination: usize, source: usize, length: usize): void { memory.copy(destination, source, length); }
@inline export function copyOut(destination: usize, source: usize, length: usize): void { memory.copy(destination, source, length); }
@inline export function inside(address: usize, length: usize): bool { return true; }
@inline export function insideArray(address: usize, count: i32, each: u32): bool { return true; }
@inline export function insideWord(address: usize): bool { return true; }
@inline export function knownInside(a: usize, b: usize): bool { return true; }
export { dataspaceRead as readNow } from "./linked-kernel";
