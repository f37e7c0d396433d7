// Pages of the fake machine's Dataspaces: reading and writing them with their marks, and asking pagers for absent ones. The rules are those
// of kernel-wasm/assembly/syscall/dataspace.ts; a pager must answer in the same stack. Rights are checked by fake-kernel.ts. For tests only.

import { FRAME_SIZE, LABEL_PAGE_FAULT, MARK_DIRTY, MARK_REFERENCED } from "../../../abi/layout/limits.ts";
import type { Answer, PageMarks } from "../kernel.ts";
import { failure } from "../status.ts";
import type { FakeMachine } from "./fake-machine.ts";
import { FakeReply, type FakeDataspace, type FakeDomain, type FakePage } from "./fake-objects.ts";

/** How often a pager may say that a page is there when it is not. */
const PATIENCE = 1000;
const clip = (object: FakeDataspace, offset: bigint, length: number): number => {
  const rest = object.size - offset;
  return rest <= 0n ? 0 : rest < BigInt(length) ? Number(rest) : length;
};

export class FakePaging {
  constructor(private readonly machine: FakeMachine, private readonly domain: FakeDomain) {}

  read(object: FakeDataspace, offset: bigint, length: number): Uint8Array | number {
    if (offset < 0n || length < 0) return failure("BadArgument");
    const count = clip(object, offset, length), data = new Uint8Array(count);
    const last = Math.floor((Number(offset) + count - 1) / FRAME_SIZE);
    for (let done = 0; done < count;) {
      const { index, within, step } = span(offset, done, count);
      const status = this.makePresent(object, index, last - index + 1, false);
      if (status < 0) return done > 0 ? data.subarray(0, done) : status;
      const page = object.pages.get(index);
      if (page) { page.referenced = true; data.set(page.bytes.subarray(within, within + step), done); }
      done += step;
    }
    return data;
  }

  /** `manages`: absent pages are not asked of the pager. */
  write(object: FakeDataspace, offset: bigint, data: Uint8Array, manages: boolean): number {
    if (offset < 0n) return failure("BadArgument");
    const count = clip(object, offset, data.length);
    for (let done = 0; done < count;) {
      const { index, within, step } = span(offset, done, count);
      const status = manages ? 0 : this.makePresent(object, index, 1, step === FRAME_SIZE);
      if (status < 0) return done > 0 ? done : status;
      const page = object.pages.get(index) ?? this.make(object, index);
      if (!page) return done > 0 ? done : failure("NoMemory");
      page.bytes.set(data.subarray(done, done + step), within);
      page.dirty = page.referenced = true;
      this.touch(object);
      done += step;
    }
    return count;
  }

  supply(object: FakeDataspace, offset: bigint, data: Uint8Array): number {
    if (offset < 0n || offset % BigInt(FRAME_SIZE) !== 0n) return failure("BadArgument");
    const count = clip(object, offset, data.length);
    if (count % FRAME_SIZE !== 0 && offset + BigInt(count) < object.size) return failure("BadArgument");
    for (let done = 0; done < count; done += FRAME_SIZE) {
      const { index, step } = span(offset, done, count);
      if (object.pages.has(index)) continue;
      const page = this.make(object, index);
      if (!page) return done > 0 ? done : failure("NoMemory");
      page.bytes.set(data.subarray(done, done + step));
    }
    return count;
  }

  marks(object: FakeDataspace, first: number, count: number, clear: number): Omit<PageMarks, "status"> {
    const marks = { present: 0n, dirty: 0n, referenced: 0n };
    for (let i = 0; i < count; i++) {
      const page = object.pages.get(first + i), bit = 1n << BigInt(i);
      if (!page) continue;
      marks.present |= bit;
      if (page.dirty) marks.dirty |= bit;
      if (page.referenced) marks.referenced |= bit;
      if (clear & MARK_DIRTY) page.dirty = false;
      if (clear & MARK_REFERENCED) page.referenced = false;
    }
    return marks;
  }

  resize(object: FakeDataspace, size: bigint): number {
    if (size < object.size) {
      const within = Number(size % BigInt(FRAME_SIZE)), last = Number(size / BigInt(FRAME_SIZE));
      for (const index of [...object.pages.keys()]) if (index > last || (index === last && within === 0)) object.pages.delete(index);
      const tail = object.pages.get(last);
      if (tail) { tail.bytes.fill(0, within); tail.dirty = true; }
    }
    object.size = size;
    this.touch(object);
    return 0;
  }

  /** Ask the pager, if there is one, until the page is present: 0 or a negated error. */
  private makePresent(object: FakeDataspace, index: number, count: number, whole: boolean): number {
    for (let tries = 0; object.pager && !object.pages.has(index) && BigInt(index) * BigInt(FRAME_SIZE) < object.size; tries++) {
      if (tries === PATIENCE) return failure("TryAgain");
      const { endpoint, badge } = object.pager;
      if (endpoint.handler?.domain === this.domain || endpoint.busy) return failure("WouldDeadlock");
      let answer: Answer | undefined;
      const reply = new FakeReply(this.domain, 0, (given) => { answer = given; });
      this.machine.post(endpoint, { label: LABEL_PAGE_FAULT, badge, rights: 0, words: [BigInt(index), BigInt(count), whole ? 1n : 0n], caps: [], ranges: [], reply });
      if (!answer) throw new Error(`page ${index} was asked of a pager that does not answer in the same stack`);
      if (answer.status < 0) return answer.status;
    }
    return 0;
  }

  private make(object: FakeDataspace, index: number): FakePage | undefined {
    if (this.machine.counts().frames >= this.machine.frameLimit) return undefined;
    const page = { bytes: new Uint8Array(FRAME_SIZE), dirty: false, referenced: false };
    object.pages.set(index, page);
    return page;
  }

  private touch(object: FakeDataspace): void { object.writes++; object.written = this.machine.epoch + this.machine.now; }
}

function span(offset: bigint, done: number, count: number): { index: number; within: number; step: number } {
  const at = Number(offset) + done, within = at % FRAME_SIZE;
  return { index: Math.floor(at / FRAME_SIZE), within, step: Math.min(FRAME_SIZE - within, count - done) };
}
