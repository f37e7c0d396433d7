// What a disk was told, sector by sector, and the images that a crash may leave: everything before the last flush that was answered, and of what was
// written after it any subset, each sector as one of the versions it had.

import type { PlainVolume } from "../../../lib/testing/plain-volume.ts";

interface Write { sector: number; data: Uint8Array }

export class WriteLog {
  private readonly writes: Write[] = [];
  /** After how many writes each flush came. */
  private readonly flushes: number[] = [0];

  constructor(volume: PlainVolume, private readonly initial: Uint8Array) {
    volume.onWrite = (offset, data) => {
      for (let at = 0; at < data.length; at += 512) this.writes.push({ sector: (offset + at) / 512, data: data.slice(at, at + 512) });
      return 0;
    };
    volume.onFlush = () => { this.flushes.push(this.writes.length); };
  }

  /** Sectors written so far: a point in time. */
  get length(): number { return this.writes.length; }

  /** Crash images at ascending points. `keep` says whether an unflushed write has reached the disk. */
  *images(points: readonly number[], keeper: (point: number) => () => boolean): Generator<{ point: number; image: Uint8Array }> {
    const durable = this.initial.slice();
    let applied = 0, flush = 0;
    for (const point of points) {
      while (flush + 1 < this.flushes.length && this.flushes[flush + 1]! <= point) flush++;
      for (; applied < this.flushes[flush]!; applied++) this.apply(durable, applied);
      const image = durable.slice(), keep = keeper(point);
      for (let at = applied; at < point; at++) if (keep()) this.apply(image, at);
      yield { point, image };
    }
  }

  private apply(image: Uint8Array, index: number): void {
    const { sector, data } = this.writes[index]!;
    image.set(data, sector * 512);
  }
}
