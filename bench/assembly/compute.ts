// Work for `poll`: what a server or a program does between system calls. Each returns a number that depends on all of the work.

const BASE: usize = 4096;

/** Tight inner loops over bytes: the worst case for a check in each loop header. */
export function sieve(limit: i32): i32 {
  memory.fill(BASE, 0, limit);
  let count = 0;
  for (let i = 2; i < limit; i++) {
    if (load<u8>(BASE + i)) continue;
    count++;
    for (let j = i * 2; j < limit; j += i) store<u8>(BASE + j, 1);
  }
  return count;
}

/** Calls: a check at each function entry. */
export function fib(n: i32): i32 { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

/** Loops with some work in each turn. */
export function hash(length: i32): i32 {
  let state: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < length; i += 8) {
    state = (state ^ load<u64>(BASE + (i & 0xffff))) * 0x100000001b3;
    state ^= state >> 29;
    store<u64>(BASE + (i & 0xffff), state);
  }
  return <i32>state;
}
