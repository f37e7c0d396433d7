// The journal is big-endian.

@inline export function loadBig(address: usize, offset: usize): u32 { return bswap<u32>(load<u32>(address + offset)); }
@inline export function storeBig(address: usize, value: u32, offset: usize): void { store<u32>(address + offset, bswap<u32>(value)); }
