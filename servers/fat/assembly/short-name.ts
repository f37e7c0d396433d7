// Short names: 8 bytes and 3, padded with blanks, upper case, as every entry has one beside its long name.

import { CASE_LOWER_EXTENSION, CASE_LOWER_NAME, SLOT_CASE, SLOT_FREE, SLOT_KANJI } from "../../../lib/formats/fat";
import { codePage, wideHash } from "./unicode";

/** What binds the parts of a long name to their short name. */
export function checksum(short: usize): u32 {
  let sum: u32 = 0;
  for (let i: usize = 0; i < 11; i++) sum = ((sum << 7 | sum >> 1) + load<u8>(short + i)) & 0xff;
  return sum;
}

/** Whether a unit may stand in a short name as it is. */
function isShort(unit: u32): bool {
  if (unit - 0x41 < 26 || unit - 0x30 < 10) return true;
  switch (unit) {
    case 0x21: case 0x23: case 0x24: case 0x25: case 0x26: case 0x27: case 0x28: case 0x29: case 0x2d: case 0x40: case 0x5e: case 0x5f: case 0x60: case 0x7b: case 0x7d: case 0x7e: return true;
    default: return false;
  }
}

@inline function unitAt(name: usize, i: i32): u32 { return load<u16>(name + (<usize>i << 1)); }
function lastDot(name: usize, units: i32): i32 {
  for (let i = units - 1; i > 0; i--) if (unitAt(name, i) == 0x2e) return i;
  return units;
}

/** The text of a slot's short name as UTF-16 (at most 12 units), in the case that its flags tell. */
export function shortText(slot: usize, to: usize): i32 {
  const flags = load<u8>(slot, SLOT_CASE);
  let units = 0;
  for (let part = 0; part < 2; part++) {
    const start = part ? 8 : 0;
    let end = part ? 11 : 8;
    while (end > start && load<u8>(slot + <usize>(end - 1)) == 0x20) end--;
    if (part && end > start) { store<u16>(to + (<usize>units << 1), 0x2e); units++; }
    const lower = (flags & (part ? CASE_LOWER_EXTENSION : CASE_LOWER_NAME)) != 0;
    for (let i = start; i < end; i++) {
      let byte = <u32>load<u8>(slot + <usize>i);
      if (i == 0 && byte == SLOT_KANJI) byte = SLOT_FREE;
      let unit = byte < 128 ? byte : codePage(byte);
      if (lower && unit - 0x41 < 26) unit += 32;
      store<u16>(to + (<usize>units << 1), <u16>unit);
      units++;
    }
  }
  return units;
}

/** Put a name into the 11 bytes of `short` as well as it goes: 0 if it is just that name, 1 if only the case differs, 2 if more was lost. */
export function shortFrom(name: usize, units: i32, short: usize): i32 {
  memory.fill(short, 0x20, 11);
  const dot = lastDot(name, units);
  let lost = 0;
  let at: usize = 0;
  for (let i = 0; i < units; i++) {
    if (i == dot) { at = 8; continue; }
    const unit = unitAt(name, i);
    const end: usize = i > dot ? 11 : 8;
    if (unit == 0x20 || unit == 0x2e) { lost = 2; continue; }
    if (at >= end) { lost = 2; continue; }
    let upper = unit - 0x61 < 26 ? unit - 32 : unit;
    if (upper != unit) lost = max(lost, 1);
    if (!isShort(upper)) { upper = 0x5f; lost = 2; }
    store<u8>(short + at, <u8>upper);
    at++;
  }
  if (load<u8>(short) == 0x20) { store<u8>(short, 0x5f); lost = 2; }
  return lost;
}

/** Make the `attempt`th short name for a name whose plain one is lossy or taken: `NAME~1` to `~4`, then `NAhhhh~1` with hashes of the name. */
export function shortAttempt(name: usize, units: i32, attempt: u32, short: usize): void {
  shortFrom(name, units, short);
  let length: usize = 0;
  while (length < 8 && load<u8>(short + length) != 0x20) length++;
  if (attempt <= 4) {
    length = min(length, 6);
    store<u8>(short + length, 0x7e);
    store<u8>(short + length, <u8>(0x30 + attempt), 1);
    memory.fill(short + length + 2, 0x20, 6 - length);
    return;
  }
  const hash = wideHash(name, units, attempt / 9);
  length = min(length, 2);
  for (let i: usize = 0; i < 4; i++) {
    const digit = <u8>(hash >> <u32>(i << 2) & 15);
    store<u8>(short + length + i, digit < 10 ? 0x30 + digit : 0x37 + digit);
  }
  store<u8>(short + length, 0x7e, 4);
  store<u8>(short + length, <u8>(0x31 + attempt % 9), 5);
  memory.fill(short + length + 6, 0x20, 2 - length);
}

/** Whether a name can be kept: no control characters, none of "*\/:<>?\|, no blank or dot at its end. */
export function isName(name: usize, units: i32): bool {
  if (units < 1) return false;
  for (let i = 0; i < units; i++) {
    const unit = unitAt(name, i);
    if (unit < 0x20) return false;
    switch (unit) {
      case 0x22: case 0x2a: case 0x2f: case 0x3a: case 0x3c: case 0x3e: case 0x3f: case 0x5c: case 0x7c: case 0x7f: return false;
    }
  }
  const last = unitAt(name, units - 1);
  return last != 0x20 && last != 0x2e;
}
