// What Wasm itself takes to call another instance: the loop of client.ts with its words as plain arguments, without protection.

@external("callee", "echo") declare function echo(a: i64, b: i64, c: i64, d: i64): i64;

export function calls(count: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    if (echo(i, 1, 2, 3) != <i64>i) wrong++;
  }
  return wrong;
}
