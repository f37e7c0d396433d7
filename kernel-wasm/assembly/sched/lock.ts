// The kernel's lock, and the lock of a server that may be called inline.
//
// The kernel lock is held for bounded steps only. It names its owner. A thread that is condemned, or whose domain is dead, changes
// nothing under it (I2): it looks at its flags as soon as it has the lock, and they are set under the lock before its Worker is
// terminated. So when the machine has proof that the owner's Worker is gone, it may simply release the lock: no half-done change
// can be there.

import { H_LOCK, D_LOCK, D_SERVED, D_STATE, DOMAIN_DYING, FLAG_CONDEMNED, FLAG_DEAD, T_DEPTH, T_FLAGS } from "../../../abi/layout/kernel-memory";
import { mark, me } from "../identity";
import { machineLeave } from "../machine";
import { sleep } from "./sleep";

const SPINS: i32 = 200;
const WAITERS: i32 = 0x10000;

export function lockKernel(): void {
  for (let i = 0; i < SPINS; i++) {
    if (load<i32>(H_LOCK) == 0 && atomic.cmpxchg<i32>(H_LOCK, 0, mark) == 0) {
      if (load<i32>(me + T_FLAGS) != 0) leaveIfDoomed();
      return;
    }
  }
  while (true) {
    const owner = atomic.cmpxchg<i32>(H_LOCK, 0, mark | WAITERS);
    if (owner == 0) {
      if (load<i32>(me + T_FLAGS) != 0) leaveIfDoomed();
      return;
    }
    if (!(owner & WAITERS) && atomic.cmpxchg<i32>(H_LOCK, owner, owner | WAITERS) != owner) continue;
    // (1) the time limit lets us look again should the machine have taken the lock from a dead owner.
    sleep(H_LOCK, owner | WAITERS, 1000000);
  }
}

/** Lock held: a dead thread gives it back and leaves for good, unless it is inside a server, whose code must go on; a condemned one
 *  leaves even there. (2) Inlined: engines end a Worker's code where it enters a function or begins a loop anew, and between taking the lock and giving it
 *  back there is neither here. So no Worker that is terminated dies with the lock, which the machine would wait for, and so not hear of the death. */
@inline function leaveIfDoomed(): void {
  const flags = load<i32>(me + T_FLAGS);
  if (!(flags & FLAG_CONDEMNED) && (!(flags & FLAG_DEAD) || load<i32>(me + T_DEPTH) != 0)) return;
  unlockKernel();
  machineLeave();
}

export function unlockKernel(): void {
  if (atomic.xchg<i32>(H_LOCK, 0) & WAITERS) atomic.notify(H_LOCK, 1);
}

/** Release the kernel lock if thread `number` holds it. Only with proof that its Worker has ended. */
export function breakKernelLock(number: i32): void {
  const owner = atomic.load<i32>(H_LOCK);
  if ((owner & (WAITERS - 1)) == number + 1 && atomic.cmpxchg<i32>(H_LOCK, owner, 0) == owner) atomic.notify(H_LOCK, -1);
}

/** Take the server lock of `domain`. Fair enough: waiters park. False, without the lock, if the domain died meanwhile or this thread
 *  has to leave: whoever comes back into the domain then ends at its next look at the flags. */
@inline export function lockServer(domain: usize): bool {
  return atomic.cmpxchg<i32>(domain + D_LOCK, 0, mark) == 0 || lockServerSlowly(domain);
}

function lockServerSlowly(domain: usize): bool {
  const word = domain + D_LOCK;
  for (let i = 0; i < SPINS; i++) {
    if (load<i32>(word) == 0 && atomic.cmpxchg<i32>(word, 0, mark) == 0) return true;
  }
  while (true) {
    if (atomic.load<i32>(domain + D_STATE) >= DOMAIN_DYING) return false;
    const flags = load<i32>(me + T_FLAGS);
    if ((flags & FLAG_CONDEMNED) || ((flags & FLAG_DEAD) && load<i32>(me + T_DEPTH) == 0)) return false;
    const owner = atomic.cmpxchg<i32>(word, 0, mark | WAITERS);
    if (owner == 0) return true;
    if (!(owner & WAITERS) && atomic.cmpxchg<i32>(word, owner, owner | WAITERS) != owner) continue;
    sleep(word, owner | WAITERS, 1000000);
  }
}

/** Only by the holder. */
@inline export function unlockServer(domain: usize): void {
  if (atomic.xchg<i32>(domain + D_LOCK, 0) & WAITERS) atomic.notify(domain + D_LOCK, 1);
}

/** Release the server lock if thread `number` holds it: when that thread has left. */
export function breakServerLock(domain: usize, number: i32): void {
  const owner = atomic.load<i32>(domain + D_LOCK);
  if ((owner & (WAITERS - 1)) == number + 1 && atomic.cmpxchg<i32>(domain + D_LOCK, owner, 0) == owner) atomic.notify(domain + D_LOCK, -1);
}

export function holdsServer(domain: usize): bool { return (load<i32>(domain + D_LOCK) & (WAITERS - 1)) == mark; }
@inline export function countServed(domain: usize): void { store<i64>(domain + D_SERVED, load<i64>(domain + D_SERVED) + 1); }
