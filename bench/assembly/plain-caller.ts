// What Wasm itself takes to call another instance: the loop of client.ts, without protection.

@external("callee", "a") declare let a: i64;
@external("callee", "b") declare let b: i64;
@external("callee", "c") declare let c: i64;
@external("callee", "d") declare let d: i64;
@external("callee", "echo") declare function echo(endpoint: i32, label: i32, shape: i32): i32;

export function calls(count: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    a = i;
    b = 1;
    c = 2;
    d = 3;
    const status = echo(1, 65025, 4);
    if (status != 0 || a != <i64>i || d != 3) wrong++;
  }
  return wrong;
}
