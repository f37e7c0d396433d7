// Strings to the UTF-8 that servers take, and back. A program's memory is its own and is never given back before it ends (the stub
// runtime), so keep buffers, and do not make strings in long loops.

/** The address and length of these bytes are what a client stub wants: `changetype<usize>(bytes)`, `bytes.byteLength`. */
export function encode(text: string): ArrayBuffer { return String.UTF8.encode(text); }

export function decode(address: usize, length: i32): string { return String.UTF8.decodeUnsafe(address, <usize>length); }

/** The strings of a list of NUL-terminated ones. */
export function decodeList(address: usize, length: i32): string[] {
  const list = new Array<string>();
  let start = 0;
  for (let at = 0; at < length; at++) {
    if (load<u8>(address + <usize>at) != 0) continue;
    list.push(decode(address + <usize>start, at - start));
    start = at + 1;
  }
  return list;
}

/** The reverse. */
export function encodeList(list: string[]): ArrayBuffer {
  let all = "";
  for (let index = 0; index < list.length; index++) all += list[index] + "\0";
  return encode(all);
}
