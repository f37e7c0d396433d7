// What a program file begins with: whoever brings one into the system and whoever runs it tell by the same bytes.

/** A WebAssembly module: `\0asm`. */
export const isModule = (head: Uint8Array): boolean => head[0] === 0x00 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d;
/** A script: `#!`. */
export const isScript = (head: Uint8Array): boolean => head[0] === 0x23 && head[1] === 0x21;
