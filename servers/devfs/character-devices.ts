// The character devices that need no hardware, as POSIX and Linux have them. Each is a pair of functions without state.

import { RANGE_LIMIT } from "../../abi/layout/limits.ts";

export interface CharacterDevice {
  readonly name: string;
  readonly mode: number;
  /** Up to `room` bytes; none is end of file. */
  read(room: number): Uint8Array;
  /** Whether it takes data (all of it), or is full. */
  readonly takes: boolean;
}

const zeros = (room: number): Uint8Array => new Uint8Array(Math.min(room, RANGE_LIMIT));

/** `fill` fills a private array with random bytes. */
export function characterDevices(fill: (bytes: Uint8Array) => void): readonly CharacterDevice[] {
  const noise = (room: number): Uint8Array => { const bytes = zeros(room); fill(bytes); return bytes; };
  return [
    { name: "null", mode: 0o666, read: () => new Uint8Array(0), takes: true },
    { name: "zero", mode: 0o666, read: zeros, takes: true },
    { name: "full", mode: 0o666, read: zeros, takes: false },
    { name: "random", mode: 0o666, read: noise, takes: true },
    { name: "urandom", mode: 0o666, read: noise, takes: true },
  ];
}
