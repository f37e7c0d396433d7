// What was written over a base, in blocks of 4 KiB. A block that is written in part is read from the base first.

const BLOCK = 4096;

export class Changes {
  private readonly blocks = new Map<number, Uint8Array>();

  /** `readBase` gives whole sectors; `take` is asked for the memory of each block, and throws if there is none. */
  constructor(private readonly size: number, private readonly readBase: (offset: number, length: number) => Uint8Array, private readonly take: (bytes: number) => void) {}

  /** Bytes of memory. */
  get bytes(): number { return this.blocks.size * BLOCK; }

  read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / BLOCK), last = Math.floor((offset + length - 1) / BLOCK);
    let changed = 0;
    for (let number = first; number <= last; number++) if (this.blocks.has(number)) changed++;
    // All of it was written: the base need not be asked.
    const bytes = changed === last - first + 1 ? new Uint8Array(length) : this.readBase(offset, length);
    if (changed > 0) for (let number = first; number <= last; number++) {
      const block = this.blocks.get(number), at = number * BLOCK, from = Math.max(at, offset), to = Math.min(at + BLOCK, offset + length);
      if (block) bytes.set(block.subarray(from - at, to - at), from - offset);
    }
    return bytes;
  }

  write(offset: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = offset + done, number = Math.floor(at / BLOCK), inside = at % BLOCK, part = Math.min(BLOCK - inside, data.length - done);
      (this.blocks.get(number) ?? this.begin(number, part === BLOCK)).set(data.subarray(done, done + part), inside);
      done += part;
    }
  }

  private begin(number: number, whole: boolean): Uint8Array {
    const block = new Uint8Array(BLOCK), at = number * BLOCK;
    // Everything that can fail comes before the block counts.
    if (!whole) block.set(this.readBase(at, Math.min(BLOCK, this.size - at)));
    this.take(BLOCK);
    this.blocks.set(number, block);
    return block;
  }
}
