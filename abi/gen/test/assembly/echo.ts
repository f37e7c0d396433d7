// The echo server's handlers in AssemblyScript, for the round-trip tests. It keeps no state but two scratch buffers at fixed
// addresses of its memory.
import * as kernel from "../../../../lib/assembly/kernel";
import { BadArgument } from "../../../generated/assembly/errors";
import { ECHO_RECORD_SIZE, EchoRecord } from "../../../generated/assembly/records";
import * as answers from "./generated/echo-dispatch";

/** Up to two ranges, one after the other. */
const BUFFER: usize = 131072;
const RECORD: usize = BUFFER + 262144;

export function nothing(badge: u32): i32 { return 0; }

export function scalars(badge: u32, tiny: u8, short: u16, word: u32, signed: i32, long: u64, signedLong: i64, yes: bool): i32 {
  answers.answer_scalars(tiny, short, word, signed, long, signedLong, yes);
  return 0;
}

export function words(badge: u32, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64): i32 {
  answers.answer_words(a, b, c, d, e, f, g, h);
  return 0;
}

export function enumerations(badge: u32, color: u32, flags: u32): i32 {
  answers.answer_enumerations(color, flags);
  return 0;
}

export function caps(badge: u32, first: i32, second: i32, third: i32, fourth: i32): i32 {
  answers.answer_caps(fourth, third, second, first);
  return 0;
}

export function bytes(badge: u32, length: i32, room: i32): i32 {
  const count = min(length, room);
  kernel.fetch(0, 0, 0, BUFFER, count);
  kernel.deliver(0, 0, BUFFER, count);
  return 0;
}

export function text(badge: u32, length: i32, room: i32): i32 {
  kernel.fetch(0, 0, 0, BUFFER, length);
  kernel.deliver(0, 0, BUFFER, min(length, room));
  answers.answer_text(length);
  return 0;
}

/** Field by field, so that the test sees where the compiler put each. */
export function record(badge: u32, length: i32, room: i32): i32 {
  kernel.fetch(0, 0, 0, BUFFER, length);
  memory.fill(RECORD, 0, ECHO_RECORD_SIZE);
  const from = EchoRecord.at(BUFFER), to = EchoRecord.at(RECORD);
  to.tiny = from.tiny;
  to.yes = from.yes;
  to.short = from.short;
  to.signed = from.signed;
  to.word = from.word;
  to.long = from.long;
  to.signedLong = from.signedLong;
  to.last = from.last;
  kernel.deliver(0, 0, RECORD, ECHO_RECORD_SIZE);
  return 0;
}

export function mixed(badge: u32, number: u32, color: u32, object: i32, other: i32, firstLength: i32, secondLength: i32, room: i32): i32 {
  kernel.fetch(0, 0, 0, BUFFER, firstLength);
  kernel.fetch(0, 1, 0, BUFFER + firstLength, secondLength);
  kernel.deliver(0, 0, BUFFER, min(firstLength + secondLength, room));
  answers.answer_mixed(number, color, object, other);
  return 0;
}

export function fail(badge: u32, number: u32): i32 {
  if (number == 0 || number > 255) return BadArgument;
  return -<i32>number;
}

export function arguments(badge: u32, value: u32): i32 {
  answers.answer_arguments(value);
  return 0;
}
