// Reads kernel memory for the invariant checker and collects what is found: references to objects, and what is broken.

import * as L from "../../abi/layout/kernel-memory.ts";

export class Snapshot {
  readonly broken: string[] = [];
  readonly orphans = new Set<number>();
  endpoints: ReadonlySet<number> = new Set();
  notifications: ReadonlySet<number> = new Set();
  readonly #view: DataView;
  readonly #references = new Map<string, string[]>();
  #limbo: Set<number> | undefined;

  constructor(memory: WebAssembly.Memory) { this.#view = new DataView(memory.buffer); }

  u8(address: number): number { return this.#view.getUint8(address); }
  u32(address: number): number { return this.#view.getUint32(address, true); }
  u64(address: number): bigint { return this.#view.getBigUint64(address, true); }
  domain(number: number): number { return L.DOMAINS + number * L.DOMAIN_SIZE; }
  thread(address: number): number { return (address - L.THREADS) / L.THREAD_SIZE; }

  expect(holds: boolean, otherwise: string): void { if (!holds && this.broken.length < 40) this.broken.push(otherwise); }

  refer(kind: number, object: number, by: string): void {
    const key = `${kind}:${object}`, list = this.#references.get(key);
    if (list) list.push(by); else this.#references.set(key, [by]);
  }
  references(kind: number, object: number, by = /./): number { return this.#references.get(`${kind}:${object}`)?.filter((one) => by.test(one)).length ?? 0; }

  /** I4: the object's count is what was found. */
  counted(kind: number, object: number, count: number, name: string): void {
    this.expect(count === this.references(kind, object), `I4 ${name} ${object} counts ${count} references, found ${this.references(kind, object)}: ${this.#references.get(`${kind}:${object}`) ?? ""}`);
  }

  /** A singly linked list, checked to end. */
  list(name: string, head: number, link: number): number[] {
    const found: number[] = [];
    for (let at = this.u32(head); at; at = this.u32(at + link)) {
      found.push(at);
      if (found.length > 300000) { this.expect(false, `${name}: the list does not end`); return []; }
    }
    return found;
  }

  /** What waits in limbo: frame numbers and addresses. */
  get limbo(): Set<number> {
    if (!this.#limbo) {
      this.#limbo = new Set();
      const fill = this.u32(L.H_LIMBO_FILL);
      for (let i = 0; i < fill; i++) {
        const entry = this.u32(L.LIMBO + i * 4);
        this.expect(!this.#limbo.has(entry), `I7 ${entry} is in limbo twice`);
        this.#limbo.add(entry);
      }
    }
    return this.#limbo;
  }

  /** I6: the objects of a pool that are in use: all that are not free or in limbo. Word 0 of an object is 1 while it is used. */
  pool(name: string, base: number, size: number, next: number, free: number, link: number, count: number, marked = true): Set<number> {
    const used = new Set<number>();
    for (let i = 0; i < this.u32(next); i++) used.add(base + i * size);
    for (const object of this.list(`I6 free ${name}s`, free, link)) {
      this.expect(used.delete(object), `I6 ${name} ${object} is free twice, or was never there`);
      if (marked) this.expect(this.u32(object) === 0, `I6 ${name} ${object} is free and in use`);
    }
    for (const entry of this.limbo) if (entry >= base && entry < base + this.u32(next) * size) this.expect(used.delete(entry), `I6 ${name} ${entry} is free and in limbo`);
    this.expect(this.u32(count) === used.size, `I6 ${this.u32(count)} ${name}s counted, ${used.size} found`);
    if (marked) for (const object of used) this.expect(this.u32(object) === 1, `I6 ${name} ${object} is lost`);
    return used;
  }
}
