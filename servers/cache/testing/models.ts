// The replacement policies once more, as plainly as their papers say them: what servers/cache/assembly/policy-*.ts are tested against. A model is told of a
// reference and says what it did: "hit", "free" (it came into a free place) or the page that was given up.

export type Outcome = "hit" | "free" | number;
export interface Model { refer(page: number): Outcome }

/** Corbató's clock: places in a circle, a bit each, a hand. */
export class Clock implements Model {
  private readonly places: { page: number; bit: boolean }[] = [];
  private hand = 0;
  constructor(private readonly capacity: number) {}
  refer(page: number): Outcome {
    const found = this.places.find((place) => place.page === page);
    if (found) { found.bit = true; return "hit"; }
    if (this.places.length < this.capacity) { this.places.push({ page, bit: false }); return "free"; }
    for (; this.places[this.hand]!.bit; this.hand = (this.hand + 1) % this.capacity) this.places[this.hand]!.bit = false;
    const gone = this.places[this.hand]!.page;
    this.places[this.hand] = { page, bit: false };
    this.hand = (this.hand + 1) % this.capacity;
    return gone;
  }
}

export class Lru implements Model {
  private pages: number[] = [];
  constructor(private readonly capacity: number) {}
  refer(page: number): Outcome {
    const hit = this.pages.includes(page);
    this.pages = [...this.pages.filter((each) => each !== page), page];
    return hit ? "hit" : this.pages.length <= this.capacity ? "free" : this.pages.shift()!;
  }
}

/** Johnson and Shasha's 2Q, full version. First in each list: next to go. */
export class TwoQueues implements Model {
  private a1in: number[] = [];
  private a1out: number[] = [];
  private am: number[] = [];
  constructor(private readonly capacity: number) {}
  refer(page: number): Outcome {
    if (this.am.includes(page)) { this.am = [...this.am.filter((each) => each !== page), page]; return "hit"; }
    if (this.a1in.includes(page)) return "hit";
    const gone = this.a1in.length + this.am.length < this.capacity ? "free" : this.reclaim();
    if (this.a1out.includes(page)) {
      this.a1out = this.a1out.filter((each) => each !== page);
      this.am.push(page);
    } else this.a1in.push(page);
    return gone;
  }
  private reclaim(): number {
    if (this.a1in.length > Math.max(Math.floor(this.capacity / 4), 1) || this.am.length === 0) {
      const gone = this.a1in.shift()!;
      this.a1out.push(gone);
      if (this.a1out.length > Math.max(Math.floor(this.capacity / 2), 1)) this.a1out.shift();
      return gone;
    }
    return this.am.shift()!;
  }
}

/** Megiddo and Modha's ARC; the target adapts after the replacement, since the cache makes room before it knows for what. */
export class Arc implements Model {
  private t1: number[] = [];
  private t2: number[] = [];
  private b1: number[] = [];
  private b2: number[] = [];
  private p = 0;
  constructor(private readonly capacity: number) {}
  refer(page: number): Outcome {
    if (this.t1.includes(page) || this.t2.includes(page)) {
      this.t1 = this.t1.filter((each) => each !== page);
      this.t2 = [...this.t2.filter((each) => each !== page), page];
      return "hit";
    }
    const gone = this.t1.length + this.t2.length < this.capacity ? "free" : this.replace();
    if (this.b1.includes(page)) {
      this.p = Math.min(this.capacity, this.p + Math.max(Math.floor(this.b2.length / this.b1.length), 1));
      this.b1 = this.b1.filter((each) => each !== page);
      this.t2.push(page);
    } else if (this.b2.includes(page)) {
      this.p = Math.max(0, this.p - Math.max(Math.floor(this.b1.length / this.b2.length), 1));
      this.b2 = this.b2.filter((each) => each !== page);
      this.t2.push(page);
    } else this.t1.push(page);
    return gone;
  }
  private replace(): number {
    const first = this.t1.length > 0 && (this.t1.length > this.p || this.t2.length === 0), gone = (first ? this.t1 : this.t2).shift()!;
    (first ? this.b1 : this.b2).push(gone);
    while (this.b1.length > Math.max(0, this.capacity - this.t1.length)) this.b1.shift();
    while (this.b2.length > Math.max(0, 2 * this.capacity - this.t1.length - this.t2.length - this.b1.length)) this.b2.shift();
    return gone;
  }
}

/** By number of ReplacementPolicy. */
export const models: readonly { name: string; make: (capacity: number) => Model }[] = [
  { name: "Clock", make: (capacity) => new Clock(capacity) }, { name: "LRU", make: (capacity) => new Lru(capacity) },
  { name: "2Q", make: (capacity) => new TwoQueues(capacity) }, { name: "ARC", make: (capacity) => new Arc(capacity) },
];
