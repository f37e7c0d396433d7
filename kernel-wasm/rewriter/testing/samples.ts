// AssemblyScript whose behaviour before and after rewriting is compared: loops of every shape, recursion, tables, wide
// numbers, floats, vectors, bulk memory. Each exported `run_*` takes two i32 and returns one; memory counts as a result too.

export const samples = `
function at(i: i32): usize { return 1024 + ((i & 4095) << 2); }

export function run_sieve(n: i32, step: i32): i32 {
  const limit = 16 + (n & 1023);
  memory.fill(4096, 0, limit);
  let count = 0;
  for (let i = 2; i < limit; i++) {
    if (load<u8>(4096 + i)) continue;
    count++;
    for (let j = i * 2; j < limit; j += i) store<u8>(4096 + j, 1);
  }
  return count + (step & 7);
}

export function run_recursion(n: i32, m: i32): i32 { return ackermann(n & 1, m & 7); }
function ackermann(n: i32, m: i32): i32 {
  if (n == 0) return m + 1;
  if (m == 0) return ackermann(n - 1, 1);
  return ackermann(n - 1, ackermann(n, m - 1));
}

export function run_sort(seed: i32, length: i32): i32 {
  const n = length & 127;
  let x = seed;
  for (let i = 0; i < n; i++) { x = x * 1664525 + 1013904223; store<i32>(at(i), x); }
  for (let i = 1; i < n; i++) {
    const key = load<i32>(at(i));
    let j = i - 1;
    while (j >= 0 && load<i32>(at(j)) > key) { store<i32>(at(j + 1), load<i32>(at(j))); j--; }
    store<i32>(at(j + 1), key);
  }
  return n ? load<i32>(at(n >> 1)) : -1;
}

export function run_switch(a: i32, b: i32): i32 {
  let state = a, sum = 0;
  for (let i = 0; i < 200; i++) {
    switch (state & 7) {
      case 0: sum += b; break;
      case 1: sum ^= a; state += 3; continue;
      case 2: { let k = b & 15; do { sum += k; } while (k-- > 0); break; }
      case 5: if (sum & 1) { state ^= 0x55; continue; } break;
      case 7: if (i > 150) return sum; break;
      default: sum = sum * 31 + state;
    }
    state = state * 5 + 1;
  }
  return sum;
}

type Operation = (a: i32, b: i32) => i32;
function add(a: i32, b: i32): i32 { return a + b; }
function rotate(a: i32, b: i32): i32 { return rotl<i32>(a, b); }
function mix(a: i32, b: i32): i32 { return (<i32>(<i64>a * <i64>b >> 13)) ^ a; }
export function run_table(a: i32, b: i32): i32 {
  const operations: Operation = (a & 3) == 0 ? add : (a & 3) == 1 ? rotate : mix;
  let value = a;
  for (let i = 0; i < (b & 63); i++) value = operations(value, b + i);
  return value;
}

export function run_float(a: i32, b: i32): i32 {
  let x = <f64>a / (1.0 + <f64>(b & 255)), y: f32 = <f32>b;
  for (let i = 0; i < 20; i++) { x = sqrt(abs(x)) + 1.5; y = y * 0.5 + <f32>x; }
  return <i32>x + <i32>y;
}

export function run_vector(a: i32, b: i32): i32 {
  let v = i32x4.splat(a);
  for (let i = 0; i < (b & 31); i++) {
    v = i32x4.add(v, i32x4(1, 2, 3, i));
    v = i8x16.shuffle(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    v128.store(2048, v);
  }
  return i32x4.extract_lane(v, 0) ^ i32x4.extract_lane(v, 3);
}

export function run_memory(a: i32, b: i32): i32 {
  const length = a & 511;
  for (let i = 0; i < length; i++) store<u8>(8192 + i, b + i);
  memory.copy(8192 + (b & 255), 8192, length);
  let hash: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < 768; i++) hash = (hash ^ load<u8>(8192 + i)) * 0x100000001b3;
  return <i32>hash ^ <i32>(hash >> 32);
}

export function run_trap(a: i32, b: i32): i32 {
  let value = 0;
  for (let i = 0; i < 10; i++) value += a / (b & 3);
  return value;
}
`;
