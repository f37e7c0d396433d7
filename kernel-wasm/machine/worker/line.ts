// A MessagePort as a Line: messages that come before a listener is set are kept. Works in Node and in browsers.

import type { Line } from "./host.ts";

export function portLine(port: MessagePort): Line {
  const kept: unknown[] = [];
  let listener: ((message: unknown) => void) | null = null;
  port.onmessage = (event) => { if (listener) listener(event.data); else kept.push(event.data); };
  return {
    get onmessage() { return listener; },
    set onmessage(value) {
      listener = value;
      while (listener && kept.length) listener(kept.shift());
    },
    send: (message, transfer = []) => port.postMessage(message, transfer as Transferable[]),
  };
}
