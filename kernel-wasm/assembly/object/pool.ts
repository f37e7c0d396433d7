// Pools of equal-sized kernel objects: a free list threaded through a word of each object, then fresh ones up to a limit (I6).
// Kernel lock held.

/** Take an object; 0 if the pool is exhausted. `free`, `next`: addresses of the list's head and of the count of fresh ones used. */
export function takeFromPool(free: usize, next: usize, base: usize, size: usize, limit: i32, link: usize): usize {
  const head = <usize>load<u32>(free);
  if (head) {
    store<u32>(free, load<u32>(head + link));
    memory.fill(head, 0, size);
    return head;
  }
  const fresh = load<i32>(next);
  if (fresh >= limit) return 0;
  store<i32>(next, fresh + 1);
  const object = base + <usize>fresh * size;
  memory.fill(object, 0, size);
  return object;
}

export function giveToPool(free: usize, object: usize, link: usize): void {
  store<u32>(object + link, load<u32>(free));
  store<u32>(free, <u32>object);
}

@inline export function bump(counter: usize, by: i32): void { store<i32>(counter, load<i32>(counter) + by); }
