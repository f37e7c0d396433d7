// Numbers as a person reads them in the panes. Fixed to English figures, so that pictures and tests agree everywhere.

/** `1536` → "1.5 KiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${units[unit]}`;
}

/** `12345` → "12.3k". */
export function formatCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  if (count < 1e6) return `${(count / 1e3).toFixed(count < 1e5 ? 1 : 0)}k`;
  return `${(count / 1e6).toFixed(1)}M`;
}

/** Microseconds: `0.8` → "0.8 µs", `1500` → "1.5 ms". */
export function formatDuration(microseconds: number): string {
  if (microseconds < 1) return `${Math.round(microseconds * 1000)} ns`;
  if (microseconds < 1000) return `${microseconds < 10 ? microseconds.toFixed(1) : Math.round(microseconds)} µs`;
  if (microseconds < 1e6) return `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0)} ms`;
  return `${(microseconds / 1e6).toFixed(1)} s`;
}

/** `1 file`, `3 files`. */
export function plural(count: number, noun: string): string { return `${count} ${noun}${count === 1 ? "" : "s"}`; }
