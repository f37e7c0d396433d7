// A program that calls the kernel with any numbers at all, addresses and registers included, until it is killed. Exits with 7 if the
// kernel wrote outside the buffer it was told.

import * as kernel from "../../../../lib/assembly/kernel";

const SEED: usize = 2048;
const GUARD: usize = 4096;
const PATTERN: i64 = 0x5a5a5a5a5a5a5a5a;

function random(limit: i32): i32 {
  let x = load<u32>(SEED);
  x ^= x << 13; x ^= x >> 17; x ^= x << 5;
  store<u32>(SEED, x);
  return <i32>(x % <u32>limit);
}
function any(): i32 {
  switch (random(8)) {
    case 0: return -random(100);
    case 1: return <i32>0x80000000 + random(2);
    case 2: return 0x7fffffff - random(2);
    case 3: return 1 << random(31);
    case 4: return 65536 * random(70);
    default: return random(64);
  }
}
function anyBig(): i64 { const shift = random(64); return <i64>any() << shift | <i64>any(); }
/** An address: mostly in the scratch from 128 KiB on, where anything may be written; else outside of the memory. */
function address(): i32 { return random(4) ? 131072 + random(400000) : random(2) ? -random(100000) - 1 : 0x7f000000; }
function length(): i32 { return random(3) ? random(5000) : random(2) ? any() : random(400000); }

function registers(): void {
  kernel.w0 = anyBig(); kernel.w1 = anyBig(); kernel.w7 = anyBig();
  kernel.c0 = any(); kernel.c1 = any(); kernel.c2 = any(); kernel.c3 = any();
  kernel.s0a = address(); kernel.s0n = length(); kernel.s1a = address(); kernel.s1n = length(); kernel.r0a = address(); kernel.r0n = length();
  kernel.label = any(); kernel.badge = any(); kernel.rights = any(); kernel.shape = any(); kernel.answer = any();
}

/** The labels of an actor that come back. */
function label(): i32 { return random(3) ? 0x7000 : any(); }
function shape(): i32 { return random(4) ? random(9) | random(5) << 4 | random(3) << 7 | random(2) << 9 : any(); }

function act(): void {
  registers();
  const moment: i64 = random(1000);
  switch (random(41)) {
    case 0: case 1: case 2: case 3: kernel.callTimed(any(), label(), shape(), moment); break;
    case 4: kernel.callTimed(8 + random(2), label(), shape(), moment); break;
    case 5: kernel.send(any(), any(), any(), moment); break;
    case 6: kernel.receive(any(), moment); break;
    case 7: kernel.reply(any(), any(), any()); break;
    case 8: kernel.saveReply(); break;
    case 9: kernel.fetch(any(), any(), any(), address(), length()); break;
    case 10: kernel.deliver(any(), any(), address(), length()); break;
    case 11: kernel.capMint(any(), any(), any()); break;
    case 12: kernel.capCopy(any()); break;
    case 13: kernel.capMove(any(), any()); break;
    case 14: case 15: kernel.capDelete(10 + random(50)); break;
    case 16: kernel.capRevoke(any()); break;
    case 17: kernel.capInfo(any()); break;
    case 18: kernel.capWatch(any()); break;
    case 19: kernel.capGrant(any(), any(), any(), any(), any()); break;
    case 20: kernel.endpointCreate(); break;
    case 21: kernel.notificationCreate(); break;
    case 22: kernel.signal(any(), anyBig()); break;
    case 23: kernel.wait(any(), moment); break;
    case 24: kernel.notificationBind(any(), any()); break;
    case 25: kernel.dataspaceCreate(anyBig()); break;
    case 26: case 27: kernel.dataspaceRead(random(2) ? 7 : any(), anyBig(), random(4) ? 0 : any(), address(), length()); break;
    case 28: case 29: kernel.dataspaceWrite(random(2) ? 7 : any(), anyBig(), random(4) ? 0 : any(), address(), length()); break;
    case 30: kernel.dataspaceResize(any(), anyBig()); break;
    case 31: kernel.dataspaceInfo(any()); break;
    case 32: kernel.dataspaceEvict(any(), any(), any()); break;
    case 33: kernel.domainCreate(any(), any(), any(), any()); break;
    case 34: kernel.domainStart(any(), any(), 9999); break;
    case 36: kernel.dataspaceSupply(random(2) ? 7 : any(), random(2) ? 4096 * random(3) : anyBig(), address(), random(2) ? 4096 : length()); break;
    case 37: kernel.dataspaceMarks(random(2) ? 7 : any(), any(), any(), random(2) ? random(4) : any()); break;
    case 38: kernel.dataspaceNextDirty(random(2) ? 7 : any(), any()); break;
    case 39: kernel.dataspaceReclaim(random(2) ? 7 : any(), any(), any()); break;
    case 40: kernel.relay(any(), label(), shape()); break;
    case 35: kernel.log(address(), random(2) ? -1 : 5000); break;
  }
}

export function main(): i32 {
  kernel.dataspaceInfo(3);
  store<u32>(SEED, <u32>kernel.w0 | 1);
  for (let i: usize = 0; i < 512; i++) store<i64>(GUARD + (i << 3), PATTERN);
  while (true) {
    act();
    for (let i: usize = 0; i < 512; i++) if (load<i64>(GUARD + (i << 3)) != PATTERN) return 7;
  }
}
