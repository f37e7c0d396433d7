// Sizes as people write and read them: 4K, 1.5M; 512b, 1k as `dd` takes them.

const units = ["", "K", "M", "G", "T", "P"];

/** As `ls -h` shows it: at most three digits, rounded up. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return value < 10 ? `${(Math.ceil(value * 10) / 10).toFixed(1).replace(/^10\.0$/, "10")}${units[unit]}` : `${Math.ceil(value)}${units[unit]}`;
}

const factors: Readonly<Record<string, number>> = { "": 1, c: 1, w: 2, b: 512, k: 1024, K: 1024, kB: 1000, KB: 1000, KiB: 1024, M: 1 << 20, MB: 1e6, MiB: 1 << 20, G: 1 << 30, GB: 1e9, GiB: 1 << 30, T: 2 ** 40 };

/** Undefined if it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([A-Za-z]{0,3})$/.exec(text);
  const factor = match && factors[match[2]!];
  return factor === undefined || factor === null ? undefined : Number(match![1]) * factor;
}
