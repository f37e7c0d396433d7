// Parts of files that were fetched, the least recently used of which go first.

/** Bytes of a part: large enough that a sequential reader is not slowed by requests, small enough for a directory at the other end of the image. */
export const PART = 131_072;

export class PartCache {
  private readonly parts = new Map<string, Uint8Array>();
  private bytes = 0;
  constructor(private readonly limit: number) {}

  has(source: string, number: number): boolean { return this.parts.has(keyOf(source, number)); }

  get(source: string, number: number): Uint8Array | undefined {
    const key = keyOf(source, number), part = this.parts.get(key);
    if (!part) return undefined;
    this.parts.delete(key);
    this.parts.set(key, part);
    return part;
  }

  put(source: string, number: number, part: Uint8Array): void {
    this.drop(keyOf(source, number));
    this.parts.set(keyOf(source, number), part);
    this.bytes += part.length;
    for (const oldest of this.parts.keys()) if (this.bytes > this.limit) this.drop(oldest); else break;
  }

  forget(source: string): void { for (const key of [...this.parts.keys()]) if (key.startsWith(`${source}\0`)) this.drop(key); }

  private drop(key: string): void {
    this.bytes -= this.parts.get(key)?.length ?? 0;
    this.parts.delete(key);
  }
}

function keyOf(source: string, number: number): string { return `${source}\0${number}`; }
