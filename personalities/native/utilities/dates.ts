// Times as text. The time zone is TZ's where JavaScript knows it, else UTC.

/** Calendar parts of a time (ns since 1970). */
export interface Calendar { year: number; month: number; day: number; hour: number; minute: number; second: number; weekday: number; yearDay: number; zone: string; offset: number }

export const monthNames = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
export const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Minutes east of UTC. */
function zoneOffset(milliseconds: number, zone: string): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(milliseconds);
    const get = (type: string) => Number(parts.find((part) => part.type === type)!.value);
    return Math.round((Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second")) - Math.floor(milliseconds / 1000) * 1000) / 60000);
  } catch {
    return undefined;
  }
}

export function calendar(time: bigint, timeZone: string | undefined): Calendar {
  const milliseconds = Number(time / 1_000_000n);
  const zone = timeZone?.replace(/^:/, "");
  const known = zone !== undefined && zone !== "" && zone !== "UTC" && zone !== "UTC0" ? zoneOffset(milliseconds, zone) : undefined;
  const offset = known ?? 0;
  const date = new Date(milliseconds + offset * 60000);
  const yearDay = Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86400000) + 1;
  let name = "UTC";
  if (known !== undefined) name = new Intl.DateTimeFormat("en-US", { timeZone: zone!, timeZoneName: "short" }).formatToParts(milliseconds).find((part) => part.type === "timeZoneName")?.value ?? "UTC";
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), weekday: date.getUTCDay(), yearDay, zone: name, offset };
}

const two = (value: number): string => String(value).padStart(2, "0");

/** As `ls -l` shows it: the time for the last six months, else the year. */
export function shortDate(time: bigint, now: bigint, timeZone?: string): string {
  const { year, month, day, hour, minute } = calendar(time, timeZone);
  const recent = time <= now + 3_600_000_000_000n && now - time < 15_778_476n * 1_000_000_000n;
  return `${monthNames[month]!.slice(0, 3)} ${String(day).padStart(2)} ${recent ? `${two(hour)}:${two(minute)}` : ` ${year}`}`;
}

/** `2026-01-31 12:34:56.123456789 +0000`, as `stat` shows it. */
export function fullDate(time: bigint, timeZone?: string): string {
  const { year, month, day, hour, minute, second, offset } = calendar(time, timeZone);
  return `${year}-${two(month + 1)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${String(time % 1_000_000_000n).padStart(9, "0")} ${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
}

/** strftime. */
export function formatDate(format: string, time: bigint, timeZone?: string): string {
  const at = calendar(time, timeZone);
  const hour12 = at.hour % 12 === 0 ? 12 : at.hour % 12;
  const sign = `${at.offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(at.offset) / 60))}`;
  const isoWeek = (): [number, number] => {
    const thursday = new Date(Date.UTC(at.year, at.month, at.day + 4 - (at.weekday || 7)));
    return [thursday.getUTCFullYear(), Math.ceil(((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86400000 + 1) / 7)];
  };
  const one = (flag: string, letter: string): string => {
    const number = (value: number, width: number, fill = "0") => (flag === "-" ? String(value) : String(value).padStart(width, flag === "_" ? " " : flag === "0" ? "0" : fill));
    switch (letter) {
      case "Y": return String(at.year);
      case "C": return number(Math.floor(at.year / 100), 2);
      case "y": return number(at.year % 100, 2);
      case "m": return number(at.month + 1, 2);
      case "d": return number(at.day, 2);
      case "e": return number(at.day, 2, " ");
      case "H": return number(at.hour, 2);
      case "k": return number(at.hour, 2, " ");
      case "I": return number(hour12, 2);
      case "l": return number(hour12, 2, " ");
      case "M": return number(at.minute, 2);
      case "S": return number(at.second, 2);
      case "N": return String(time % 1_000_000_000n).padStart(9, "0");
      case "s": return String(time / 1_000_000_000n);
      case "j": return number(at.yearDay, 3);
      case "a": return dayNames[at.weekday]!.slice(0, 3);
      case "A": return dayNames[at.weekday]!;
      case "b": case "h": return monthNames[at.month]!.slice(0, 3);
      case "B": return monthNames[at.month]!;
      case "p": return at.hour < 12 ? "AM" : "PM";
      case "P": return at.hour < 12 ? "am" : "pm";
      case "u": return String(at.weekday || 7);
      case "w": return String(at.weekday);
      case "U": return number(Math.floor((at.yearDay + 6 - at.weekday) / 7), 2);
      case "W": return number(Math.floor((at.yearDay + 6 - ((at.weekday + 6) % 7)) / 7), 2);
      case "V": return number(isoWeek()[1], 2);
      case "G": return String(isoWeek()[0]);
      case "Z": return at.zone;
      case "z": return sign + two(Math.abs(at.offset) % 60);
      case "n": return "\n";
      case "t": return "\t";
      case "%": return "%";
      case "F": return expand("%Y-%m-%d");
      case "D": case "x": return expand("%m/%d/%y");
      case "T": case "X": return expand("%H:%M:%S");
      case "R": return expand("%H:%M");
      case "r": return expand("%I:%M:%S %p");
      case "c": return expand("%a %b %e %H:%M:%S %Y");
      default: return `%${flag}${letter}`;
    }
  };
  const expand = (text: string): string => text.replace(/%([-_0^]?)(:?[A-Za-z%])/g, (_, flag: string, letter: string) => (letter === ":z" ? `${sign}:${two(Math.abs(at.offset) % 60)}` : flag === "^" ? one("", letter).toUpperCase() : one(flag, letter)));
  return expand(format);
}

/** "now", "yesterday", "2026-01-31", "2026-01-31 12:34[:56]", "@seconds", RFC dates; ns since 1970. Undefined if unknown. */
export function parseDate(text: string, now: bigint, timeZone?: string): bigint | undefined {
  const day = 86_400_000_000_000n;
  const known: Readonly<Record<string, bigint>> = { now, today: now, yesterday: now - day, tomorrow: now + day };
  const lower = text.trim().toLowerCase();
  if (known[lower] !== undefined) return known[lower];
  const seconds = /^@(-?\d+)(?:\.(\d{1,9}))?$/.exec(lower);
  if (seconds) return BigInt(seconds[1]!) * 1_000_000_000n + BigInt((seconds[2] ?? "").padEnd(9, "0"));
  const relative = /^([-+]?\d+)\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?$/.exec(lower);
  if (relative) {
    const unit = { second: 1n, sec: 1n, minute: 60n, min: 60n, hour: 3600n, day: 86400n, week: 604800n }[relative[2]!]!;
    return now + BigInt(relative[1]!) * unit * 1_000_000_000n * (relative[3] ? -1n : 1n);
  }
  const local = /^(\d{4})-(\d\d?)-(\d\d?)(?:[ t](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?$/.exec(lower);
  if (local) {
    const wall = Date.UTC(Number(local[1]), Number(local[2]) - 1, Number(local[3]), Number(local[4] ?? 0), Number(local[5] ?? 0), Number(local[6] ?? 0));
    const { offset } = calendar(BigInt(wall) * 1_000_000n, timeZone);
    return BigInt(wall - offset * 60000) * 1_000_000n + BigInt((local[7] ?? "").padEnd(9, "0"));
  }
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : BigInt(parsed) * 1_000_000n;
}
