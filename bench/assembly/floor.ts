// What the platform itself takes to pass control between two Workers and back: a word that the other side waits for, in Wasm.

const QUESTION: usize = 1024;
const ANSWER: usize = 4096;

function awaitToken(word: usize): void {
  while (atomic.cmpxchg<i32>(word, 1, 0) != 1) atomic.wait<i32>(word, 0, -1);
}

function give(word: usize): void {
  atomic.store<i32>(word, 1);
  atomic.notify(word, 1);
}

export function ask(count: i32): void {
  for (let i = 0; i < count; i++) { give(QUESTION); awaitToken(ANSWER); }
}

export function answer(count: i32): void {
  for (let i = 0; i < count; i++) { awaitToken(QUESTION); give(ANSWER); }
}
