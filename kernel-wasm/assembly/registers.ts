// The message registers of this Worker. They are mutable globals of the kernel instance, which programs and servers of the
// Worker import: like a processor's registers they belong to whoever runs, and a call passes them on. Nothing secret stays
// in them: what a message does not carry is cleared.

export let w0: i64 = 0;
export let w1: i64 = 0;
export let w2: i64 = 0;
export let w3: i64 = 0;
export let w4: i64 = 0;
export let w5: i64 = 0;
export let w6: i64 = 0;
export let w7: i64 = 0;
export let c0: i32 = 0;
export let c1: i32 = 0;
export let c2: i32 = 0;
export let c3: i32 = 0;
export let s0a: i32 = 0;
export let s0n: i32 = 0;
export let s1a: i32 = 0;
export let s1n: i32 = 0;
export let r0a: i32 = 0;
export let r0n: i32 = 0;
export let label: i32 = 0;
export let badge: i32 = 0;
export let rights: i32 = 0;
export let shape: i32 = 0;
export let answer: i32 = 0;

export function setWord(index: i32, value: i64): void {
  switch (index) {
    case 0: w0 = value; break;
    case 1: w1 = value; break;
    case 2: w2 = value; break;
    case 3: w3 = value; break;
    case 4: w4 = value; break;
    case 5: w5 = value; break;
    case 6: w6 = value; break;
    case 7: w7 = value; break;
  }
}

export function setCap(index: i32, slot: i32): void {
  switch (index) {
    case 0: c0 = slot; break;
    case 1: c1 = slot; break;
    case 2: c2 = slot; break;
    case 3: c3 = slot; break;
  }
}

export function getCap(index: i32): i32 {
  switch (index) {
    case 0: return c0;
    case 1: return c1;
    case 2: return c2;
    default: return c3;
  }
}

/** Clear the words that a message of `count` words does not carry. */
@inline export function clearWordsFrom(count: i32): void {
  if (count <= 4) {
    w7 = 0;
    w6 = 0;
    w5 = 0;
    w4 = 0;
    if (count < 4) {
      w3 = 0;
      if (count < 3) {
        w2 = 0;
        if (count < 2) {
          w1 = 0;
          if (count < 1) w0 = 0;
        }
      }
    }
  } else if (count < 8) {
    w7 = 0;
    if (count < 7) {
      w6 = 0;
      if (count < 6) w5 = 0;
    }
  }
}

/** Words to a thread's control block. */
@inline export function saveWords(to: usize, count: i32): void {
  if (count > 0) {
    store<i64>(to, w0);
    if (count > 1) {
      store<i64>(to, w1, 8);
      if (count > 2) {
        store<i64>(to, w2, 16);
        if (count > 3) {
          store<i64>(to, w3, 24);
          if (count > 4) {
            store<i64>(to, w4, 32);
            store<i64>(to, w5, 40);
            store<i64>(to, w6, 48);
            store<i64>(to, w7, 56);
          }
        }
      }
    }
  }
}

/** Words from a thread's control block; the rest is cleared. */
@inline export function loadWords(from: usize, count: i32): void {
  w0 = count > 0 ? load<i64>(from) : 0;
  w1 = count > 1 ? load<i64>(from, 8) : 0;
  w2 = count > 2 ? load<i64>(from, 16) : 0;
  w3 = count > 3 ? load<i64>(from, 24) : 0;
  w4 = count > 4 ? load<i64>(from, 32) : 0;
  w5 = count > 5 ? load<i64>(from, 40) : 0;
  w6 = count > 6 ? load<i64>(from, 48) : 0;
  w7 = count > 7 ? load<i64>(from, 56) : 0;
}

export function setReceived(length: i32): void { r0n = length; }

/** The registers of a message received, besides words and capabilities. */
export function setMessage(newLabel: i32, newBadge: i32, newRights: i32, newShape: i32): void {
  label = newLabel; badge = newBadge; rights = newRights; shape = newShape; answer = 0;
}
export function setLengths(send0: i32, send1: i32, room: i32): void { s0n = send0; s1n = send1; r0n = room; s0a = 0; s1a = 0; r0a = 0; }
/** After a call: the shape of the answer. */
export function setAnswerShape(value: i32): void { shape = value; }
/** An answer without contents. */
export function emptyAnswer(status: i32): i32 {
  clearWordsFrom(0);
  clearCaps();
  setReceived(0);
  setAnswerShape(0);
  return status;
}
export function clearCaps(): void { c0 = 0; c1 = 0; c2 = 0; c3 = 0; }
