// One of two Workers that pass control to and fro by the platform's own means: what calls of the kernel are measured against. It is
// told what to do by messages, does it on `start`, and says how long it took.

import { expose, wrap, type Remote } from "comlink";

export type PeerMessage =
  | { kind: "set-up"; floor: WebAssembly.Module; memory: WebAssembly.Memory; port: MessagePort; comlink: MessagePort; asks: boolean }
  | { kind: "run"; way: Way; count: number };
export type Way = "wasm" | "javascript" | "post-message" | "comlink";
/** Milliseconds that `count` round trips took; of the side that answers, 0. */
export interface PeerAnswer { time: number }

interface Floor { ask(count: number): void; answer(count: number): void }
interface Echo { words(a: number, b: number, c: number, d: number): number[] }

const QUESTION = 2048, ANSWER = 3072;
let floor: Floor, words: Int32Array, port: MessagePort, echo: Remote<Echo>, asks = false;

function awaitToken(word: number): void { while (Atomics.compareExchange(words, word, 1, 0) !== 1) Atomics.wait(words, word, 0); }
function give(word: number): void { Atomics.store(words, word, 1); Atomics.notify(words, word); }

async function run(way: Way, count: number): Promise<void> {
  switch (way) {
    case "wasm":
      if (asks) floor.ask(count); else floor.answer(count);
      return;
    case "javascript":
      for (let i = 0; i < count; i++) if (asks) { give(QUESTION); awaitToken(ANSWER); } else { awaitToken(QUESTION); give(ANSWER); }
      return;
    case "post-message":
      if (asks) await askByMessage(count);
      return;
    case "comlink":
      if (asks) for (let i = 0; i < count; i++) await echo.words(i, 1, 2, 3);
  }
}

function askByMessage(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    port.onmessage = () => { if (--left > 0) port.postMessage(left); else resolve(); };
    port.postMessage(left);
  });
}

addEventListener("message", (event: MessageEvent<PeerMessage>) => {
  const message = event.data;
  if (message.kind === "set-up") {
    asks = message.asks;
    port = message.port;
    words = new Int32Array(message.memory.buffer);
    floor = new WebAssembly.Instance(message.floor, { env: { memory: message.memory } }).exports as unknown as Floor;
    if (asks) echo = wrap<Echo>(message.comlink);
    else {
      port.onmessage = (question) => port.postMessage(question.data);
      expose({ words: (a, b, c, d) => [a, b, c, d] } satisfies Echo, message.comlink);
    }
    postMessage({ time: 0 } satisfies PeerAnswer);
    return;
  }
  const began = performance.now();
  void run(message.way, message.count).then(() => postMessage({ time: asks ? performance.now() - began : 0 } satisfies PeerAnswer));
});
