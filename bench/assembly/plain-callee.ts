// The other side of plain-caller.

export function echo(a: i64, b: i64, c: i64, d: i64): i64 { return a; }
