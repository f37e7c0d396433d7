// UTF-8 to UTF-16 and back, and the folding of case by which names are compared. What is not valid is refused, never replaced.

/** UTF-16 units of `length` bytes of UTF-8, at most `room`, into `to`; -1 if the bytes are not UTF-8, -2 if they are too many. */
export function utf8ToWide(from: usize, length: i32, to: usize, room: i32): i32 {
  let units = 0;
  let at = 0;
  while (at < length) {
    const byte = <u32>load<u8>(from + <usize>at);
    let code = byte;
    let more = 0;
    if (byte >= 0xf0) { code = byte & 7; more = 3; } else if (byte >= 0xe0) { code = byte & 15; more = 2; } else if (byte >= 0xc0) { code = byte & 31; more = 1; }
    if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4 || at + more >= length) return -1;
    for (let i = 1; i <= more; i++) {
      const next = <u32>load<u8>(from + <usize>(at + i));
      if ((next & 0xc0) != 0x80) return -1;
      code = code << 6 | next & 63;
    }
    if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) || code > 0x10ffff || (code & 0xfffff800) == 0xd800) return -1;
    const needed = code > 0xffff ? 2 : 1;
    if (units + needed > room) return -2;
    if (needed == 2) {
      store<u16>(to + (<usize>units << 1), <u16>(0xd7c0 + (code >> 10)));
      store<u16>(to + (<usize>units << 1), <u16>(0xdc00 | code & 0x3ff), 2);
    } else store<u16>(to + (<usize>units << 1), <u16>code);
    units += needed;
    at += more + 1;
  }
  return units;
}

/** Bytes of UTF-8 of `units` of UTF-16, at most `room`, into `to`; -1 if a surrogate has no partner, -2 if they are too many. */
export function wideToUtf8(from: usize, units: i32, to: usize, room: i32): i32 {
  let length = 0;
  for (let i = 0; i < units; i++) {
    let code = <u32>load<u16>(from + (<usize>i << 1));
    if ((code & 0xf800) == 0xd800) {
      if (code >= 0xdc00 || i + 1 >= units) return -1;
      const low = <u32>load<u16>(from + (<usize>(i + 1) << 1));
      if ((low & 0xfc00) != 0xdc00) return -1;
      code = 0x10000 + ((code & 0x3ff) << 10 | low & 0x3ff);
      i++;
    }
    const needed = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (length + needed > room) return -2;
    const at = to + <usize>length;
    if (needed == 1) store<u8>(at, <u8>code);
    else {
      for (let k = needed - 1; k > 0; k--) {
        store<u8>(at + <usize>k, <u8>(0x80 | code & 63));
        code >>= 6;
      }
      store<u8>(at, <u8>((0xf00 >> needed & 0xff) | code));
    }
    length += needed;
  }
  return length;
}

/** Upper case of a unit, as far as one unit has one unit as its upper case in the scripts that have case: Latin, Greek, Cyrillic, Armenian. */
export function fold(unit: u32): u32 {
  if (unit < 0x80) return unit - 0x61 < 26 ? unit - 32 : unit;
  if (unit < 0x100) return unit == 0xff ? 0x178 : unit == 0xb5 ? 0x39c : unit >= 0xe0 && unit != 0xf7 ? unit - 32 : unit;
  if (unit < 0x180) {
    if (unit == 0x131) return 0x49;
    if (unit == 0x17f) return 0x53;
    if (unit == 0x130 || unit == 0x138 || unit == 0x149 || unit == 0x178) return unit;
    const oddIsLower = unit < 0x139 || (unit >= 0x14a && unit < 0x179);
    return (unit & 1) == (oddIsLower ? 1 : 0) ? unit - 1 : unit;
  }
  if (unit >= 0x370 && unit < 0x400) {
    if (unit == 0x3ac) return 0x386;
    if (unit >= 0x3ad && unit <= 0x3af) return unit - 37;
    if (unit == 0x3c2) return 0x3a3;
    if (unit >= 0x3b1 && unit <= 0x3cb) return unit - 32;
    if (unit == 0x3cc) return 0x38c;
    if (unit == 0x3cd || unit == 0x3ce) return unit - 63;
    return unit >= 0x3d8 && unit < 0x3f0 && (unit & 1) ? unit - 1 : unit;
  }
  if (unit >= 0x400 && unit < 0x530) {
    if (unit >= 0x430 && unit < 0x450) return unit - 32;
    if (unit >= 0x450 && unit < 0x460) return unit - 80;
    if ((unit >= 0x460 && unit < 0x482) || (unit >= 0x48a && unit < 0x4c0) || unit >= 0x4d0) return unit & 1 ? unit - 1 : unit;
    if (unit == 0x4cf) return 0x4c0;
    return unit >= 0x4c1 && unit < 0x4cf && !(unit & 1) ? unit - 1 : unit;
  }
  if (unit >= 0x561 && unit < 0x587) return unit - 48;
  if ((unit >= 0x1e00 && unit < 0x1e96) || (unit >= 0x1ea0 && unit < 0x1f00)) return unit & 1 ? unit - 1 : unit;
  if (unit >= 0x2170 && unit < 0x2180) return unit - 16;
  if (unit >= 0x24d0 && unit < 0x24ea) return unit - 26;
  return unit >= 0xff41 && unit < 0xff5b ? unit - 32 : unit;
}

/** Whether two names are the same but for case. */
export function wideSame(a: usize, aUnits: i32, b: usize, bUnits: i32): bool {
  if (aUnits != bUnits) return false;
  for (let i = 0; i < aUnits; i++) if (fold(load<u16>(a + (<usize>i << 1))) != fold(load<u16>(b + (<usize>i << 1)))) return false;
  return true;
}

/** A hash that names which are the same but for case share. */
export function wideHash(name: usize, units: i32, seed: u32): u32 {
  let hash: u32 = 0x811c9dc5 ^ seed;
  for (let i = 0; i < units; i++) hash = (hash ^ fold(load<u16>(name + (<usize>i << 1)))) * 0x01000193;
  hash = (hash ^ hash >> 16) * 0x7feb352d;
  hash = (hash ^ hash >> 15) * 0x846ca68b;
  return hash ^ hash >> 16;
}

/** The Unicode character of a byte above 127 in code page 437, which short names are in: four to a constant, as there is no static data. */
export function codePage(byte: u32): u32 {
  let four: u64 = 0;
  switch (byte - 128 >> 2) {
    case 0: four = 0x00e200e900fc00c7; break;
    case 1: four = 0x00e700e500e000e4; break;
    case 2: four = 0x00ef00e800eb00ea; break;
    case 3: four = 0x00c500c400ec00ee; break;
    case 4: four = 0x00f400c600e600c9; break;
    case 5: four = 0x00f900fb00f200f6; break;
    case 6: four = 0x00a200dc00d600ff; break;
    case 7: four = 0x019220a700a500a3; break;
    case 8: four = 0x00fa00f300ed00e1; break;
    case 9: four = 0x00ba00aa00d100f1; break;
    case 10: four = 0x00bd00ac231000bf; break;
    case 11: four = 0x00bb00ab00a100bc; break;
    case 12: four = 0x2502259325922591; break;
    case 13: four = 0x2556256225612524; break;
    case 14: four = 0x2557255125632555; break;
    case 15: four = 0x2510255b255c255d; break;
    case 16: four = 0x251c252c25342514; break;
    case 17: four = 0x255f255e253c2500; break;
    case 18: four = 0x256625692554255a; break;
    case 19: four = 0x2567256c25502560; break;
    case 20: four = 0x2559256525642568; break;
    case 21: four = 0x256b255325522558; break;
    case 22: four = 0x2588250c2518256a; break;
    case 23: four = 0x25802590258c2584; break;
    case 24: four = 0x03c0039300df03b1; break;
    case 25: four = 0x03c400b503c303a3; break;
    case 26: four = 0x03b403a9039803a6; break;
    case 27: four = 0x222903b503c6221e; break;
    case 28: four = 0x2264226500b12261; break;
    case 29: four = 0x224800f723212320; break;
    case 30: four = 0x221a00b7221900b0; break;
    case 31: four = 0x00a025a000b2207f; break;
  }
  return <u32>(four >> ((byte & 3) << 4) & 0xffff);
}
