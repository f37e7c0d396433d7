// Random bytes from a seed, for deterministic mode: ChaCha20's block function (RFC 8439, section 2.3) over the seed as the key. The same seed gives
// the same bytes. Not for secrets: whoever knows the link knows the seed.

const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const BLOCK = 64;

export class SeededGenerator {
  private readonly key = new Uint32Array(8);
  private counter = 0;
  private block = new Uint8Array(0);

  /** Any text; it is stretched to the key by FNV-1a over its characters, one lane each word. */
  constructor(seed: string) {
    for (let lane = 0; lane < 8; lane++) {
      let hash = 0x811c9dc5 ^ lane;
      for (const character of `${seed}\0${lane}`) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
      this.key[lane] = hash;
    }
  }

  fill(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      if (this.block.length === 0) this.block = chachaBlock(this.key, this.counter++, [0, 0, 0]);
      const part = this.block.subarray(0, bytes.length - done);
      bytes.set(part, done);
      this.block = this.block.subarray(part.length);
      done += part.length;
    }
  }
}

/** One block: 64 bytes of key stream. */
export function chachaBlock(key: Uint32Array, counter: number, nonce: readonly [number, number, number]): Uint8Array<ArrayBuffer> {
  const start = Uint32Array.of(...CONSTANTS, ...key, counter, ...nonce), state = start.slice();
  for (let round = 0; round < 10; round++) {
    for (let column = 0; column < 4; column++) quarterRound(state, column, 4 + column, 8 + column, 12 + column);
    for (let column = 0; column < 4; column++) quarterRound(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4);
  }
  const bytes = new Uint8Array(BLOCK), view = new DataView(bytes.buffer);
  state.forEach((word, index) => view.setUint32(index * 4, word + start[index]!, true));
  return bytes;
}

function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  const rotate = (value: number, bits: number): number => value << bits | value >>> (32 - bits);
  for (const [x, y] of [[16, 12], [8, 7]] as const) {
    state[a]! += state[b]!;
    state[d] = rotate(state[d]! ^ state[a]!, x);
    state[c]! += state[d]!;
    state[b] = rotate(state[b]! ^ state[c]!, y);
  }
}
