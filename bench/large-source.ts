// A large C file without headers: functions that an optimizer has work with. Always the same text.

const FUNCTIONS = 150;

export function largeSource(): string {
  const lines = ["typedef unsigned int u32;", "extern u32 sink[64];"];
  for (let i = 0; i < FUNCTIONS; i++) {
    lines.push(
      `u32 step${i}(u32 a, u32 b, const u32 *table) {`,
      `  u32 sum = a * ${2654435761 - i * 12}u;`,
      `  for (u32 i = 0; i < b; i++) {`,
      `    switch ((sum >> 3) & 7) {`,
      ...Array.from({ length: 7 }, (_, k) => `      case ${k}: sum = (sum ^ table[(i + ${k * 5 + i}) & 63]) + (b << ${k + 1}) - sum % ${i + k + 3}u; break;`),
      `      default: sum += i * a;`,
      `    }`,
      `    if (sum & ${1 << (i % 20)}u) sink[i & 63] += sum; else sum = (sum << 7) | (sum >> 25);`,
      `  }`,
      i ? `  return sum + step${i - 1}(sum, b & 15, table);` : "  return sum;",
      "}",
    );
  }
  return `${lines.join("\n")}\n`;
}
