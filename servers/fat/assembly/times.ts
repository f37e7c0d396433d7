// Times as FAT keeps them: a date and a time of two seconds' resolution, from 1980 to 2107, in local time, which here is UTC; the time of creation has
// ten milliseconds, the time of access is a date. Whatever is asked for becomes what the disk can hold at once, so that it does not change later.

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86400;
/** 1980-01-01 and 2107-12-31T23:59:58 in seconds since 1970. */
const FIRST: u64 = 315532800;
const LAST: u64 = 4354819198;

/** Nanoseconds since 1970 to date << 16 | time. */
export function toFat(time: u64): u32 {
  const seconds = max(FIRST, min(LAST, time / SECOND));
  // Civil from days (Howard Hinnant): years start in March.
  const days = <u32>(seconds / DAY) + 719468;
  const era = days / 146097;
  const dayOfEra = days - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * dayOfYear + 2) / 153;
  const day = dayOfYear - (153 * shifted + 2) / 5 + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const rest = <u32>(seconds % DAY);
  return (year - 1980 << 9 | month << 5 | day) << 16 | (rest / 3600 << 11 | rest / 60 % 60 << 5 | rest % 60 >> 1);
}

/** The other way; fields out of range are taken as the nearest that is none. */
export function fromFat(value: u32): u64 {
  const date = value >> 16;
  const month = min(max(date >> 5 & 15, 1), 12);
  const year = (date >> 9) + 1980 - (month <= 2 ? 1 : 0);
  const era = year / 400;
  const yearOfEra = year - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + max(date & 31, 1) - 1;
  const days = era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
  const seconds = min(value >> 11 & 31, 23) * 3600 + min(value >> 5 & 63, 59) * 60 + min((value & 31) << 1, 59);
  return (<u64>days * DAY + seconds) * SECOND;
}

/** The nearest earlier time that FAT can hold. */
export function truncated(time: u64): u64 { return fromFat(toFat(time)); }
/** The same for the time of access. */
export function truncatedDay(time: u64): u64 { return fromFat(toFat(time) & 0xffff0000); }
/** Hundredths of a second above the two seconds, for the time of creation. */
export function hundredths(time: u64): u32 { return time / SECOND < FIRST || time / SECOND > LAST ? 0 : <u32>(time / 10_000_000 % 200); }
