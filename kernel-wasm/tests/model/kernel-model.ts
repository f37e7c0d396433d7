// A reference model of the kernel's objects, small enough to be read as its specification: capability trees, quotas, notifications,
// Dataspaces, and who answers whom. Slots are named by the commands, which map them to the real ones.

import { OBJECT_DATASPACE, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE } from "../../../abi/layout/limits.ts";

export const OK = 0, BAD_HANDLE = -1, BAD_ARGUMENT = -2, NO_RIGHT = -3, WOULD_BLOCK = -19, QUOTA = -33, NOT_FOUND = -48;
const PAGE = 4096;

/** The pages that `count` bytes from `offset` on lie in. */
const touched = (offset: number, count: number): number[] => {
  const first = Math.floor(offset / PAGE);
  return count <= 0 ? [] : Array.from({ length: Math.floor((offset + count - 1) / PAGE) - first + 1 }, (_, i) => first + i);
};

/** Marks of a page that is present. */
export interface MPage { dirty: boolean; referenced: boolean }

export class MObject {
  bits = 0n;
  bytes = new Uint8Array(0);
  /** Pages of a Dataspace that are present; the others' bytes are 0 (there is no pager here). */
  pages = new Map<number, MPage>();
  /** Badges of watched capabilities without anything derived from them, in the order in which the kernel hands them out. */
  orphans: MCap[] = [];
  waiting: MCall[] = [];
  constructor(readonly kind: number) {}
}

export class MCap {
  children = new Set<MCap>();
  watched = false;
  constructor(readonly object: MObject, readonly rights: number, readonly badge: number, public parent: MCap | undefined, readonly domain: MDomain, public name: number) {}
}

export interface MCall { from: MDomain; label: number; badge: number; rights: number; word: bigint; cap: MCap | undefined; reply: number }

export class MDomain {
  /** By the commands' names. */
  caps = new Map<number, MCap>();
  constructor(readonly index: number, readonly quota: number) {}
}

export class Model {
  readonly domains: MDomain[];
  #next = 1;

  constructor(count: number, quota: number) { this.domains = Array.from({ length: count }, (_, index) => new MDomain(index, quota)); }

  add(domain: MDomain, object: MObject, rights: number, badge: number, parent: MCap | undefined): number {
    const name = this.#next++, cap = new MCap(object, rights, badge, parent, domain, name);
    domain.caps.set(name, cap);
    parent?.children.add(cap);
    return name;
  }

  create(domain: MDomain, kind: number, size = 0): number {
    if (domain.caps.size >= domain.quota) return QUOTA;
    const object = new MObject(kind);
    object.bytes = new Uint8Array(size);
    return this.add(domain, object, 31, 0, undefined);
  }

  /** capMint, capCopy, and (with `to`) capGrant or a capability in a message. */
  derive(domain: MDomain, source: number, rights: number, badge: number, to = domain): number {
    const cap = domain.caps.get(source);
    if (!cap || cap.object.kind === OBJECT_REPLY) return BAD_HANDLE;
    if (badge !== 0 && cap.badge !== 0) return NO_RIGHT;
    // Only those who may receive on an endpoint give badges to it.
    if (badge !== 0 && cap.object.kind === OBJECT_ENDPOINT && !(cap.rights & RIGHT_RECEIVE)) return NO_RIGHT;
    if (to.caps.size >= to.quota) return QUOTA;
    return this.add(to, cap.object, cap.rights & rights, badge || cap.badge, cap);
  }

  delete(domain: MDomain, name: number): number {
    const cap = domain.caps.get(name);
    if (!cap) return BAD_HANDLE;
    this.#remove(cap);
    return OK;
  }

  #remove(cap: MCap): void {
    const { parent, object } = cap;
    cap.domain.caps.delete(cap.name);
    object.orphans = object.orphans.filter((orphan) => orphan !== cap);
    parent?.children.delete(cap);
    for (const child of cap.children) { child.parent = parent; parent?.children.add(child); }
    if (parent?.watched && parent.children.size === 0) { parent.watched = false; object.orphans.unshift(parent); }
  }

  revoke(domain: MDomain, name: number): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind === OBJECT_REPLY) return BAD_HANDLE;
    const below = (of: MCap): void => { for (const child of [...of.children]) { below(child); this.#remove(child); } };
    below(cap);
    return OK;
  }

  watch(domain: MDomain, name: number): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_ENDPOINT) return BAD_HANDLE;
    if (cap.badge === 0) return BAD_ARGUMENT;
    cap.watched = true;
    return OK;
  }

  signal(domain: MDomain, name: number, bits: bigint): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_NOTIFICATION) return BAD_HANDLE;
    if (!(cap.rights & RIGHT_WRITE)) return NO_RIGHT;
    cap.object.bits |= bits;
    return OK;
  }

  wait(domain: MDomain, name: number): { status: number; bits: bigint } {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_NOTIFICATION) return { status: BAD_HANDLE, bits: 0n };
    if (!(cap.rights & RIGHT_RECEIVE)) return { status: NO_RIGHT, bits: 0n };
    const { bits } = cap.object;
    cap.object.bits = 0n;
    return bits ? { status: OK, bits } : { status: WOULD_BLOCK, bits };
  }

  read(domain: MDomain, name: number, offset: number, length: number): { status: number; data: Uint8Array } {
    const cap = domain.caps.get(name), none = new Uint8Array(0);
    if (!cap || cap.object.kind !== OBJECT_DATASPACE) return { status: BAD_HANDLE, data: none };
    if (!(cap.rights & RIGHT_READ)) return { status: NO_RIGHT, data: none };
    const data = cap.object.bytes.slice(offset, offset + length);
    for (const page of touched(offset, data.length)) { const marks = cap.object.pages.get(page); if (marks) marks.referenced = true; }
    return { status: data.length, data };
  }

  write(domain: MDomain, name: number, offset: number, data: Uint8Array): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_DATASPACE) return BAD_HANDLE;
    if (!(cap.rights & RIGHT_WRITE)) return NO_RIGHT;
    const count = Math.max(0, Math.min(data.length, cap.object.bytes.length - offset));
    cap.object.bytes.set(data.subarray(0, count), Math.min(offset, cap.object.bytes.length));
    for (const page of touched(offset, count)) cap.object.pages.set(page, { dirty: true, referenced: true });
    return count;
  }

  resize(domain: MDomain, name: number, size: number): number {
    const cap = this.#managed(domain, name);
    if (typeof cap === "number") return cap;
    const { object } = cap, shrinks = size < object.bytes.length, bytes = new Uint8Array(size);
    bytes.set(object.bytes.subarray(0, size));
    object.bytes = bytes;
    for (const page of [...object.pages.keys()]) if (page * PAGE >= size) object.pages.delete(page);
    const last = object.pages.get(Math.floor(size / PAGE));
    if (shrinks && last) last.dirty = true;
    return OK;
  }

  supply(domain: MDomain, name: number, page: number, data: Uint8Array): number {
    const cap = this.#managed(domain, name);
    if (typeof cap === "number") return cap;
    const { bytes, pages } = cap.object, offset = page * PAGE, count = Math.max(0, Math.min(data.length, bytes.length - offset));
    if (count % PAGE !== 0 && offset + count < bytes.length) return BAD_ARGUMENT;
    for (const each of touched(offset, count)) {
      if (pages.has(each)) continue;
      pages.set(each, { dirty: false, referenced: false });
      bytes.set(data.subarray(each * PAGE - offset, Math.min((each + 1) * PAGE - offset, count)), each * PAGE);
    }
    return count;
  }

  marks(domain: MDomain, name: number, first: number, count: number, clear: number): { status: number; present: bigint; dirty: bigint; referenced: bigint } {
    const cap = this.#managed(domain, name), marks = { status: OK as number, present: 0n, dirty: 0n, referenced: 0n };
    if (typeof cap === "number") return { ...marks, status: cap };
    for (let i = 0; i < count; i++) {
      const page = cap.object.pages.get(first + i), bit = 1n << BigInt(i);
      if (!page) continue;
      marks.present |= bit;
      if (page.dirty) marks.dirty |= bit;
      if (page.referenced) marks.referenced |= bit;
      if (clear & 1) page.dirty = false;
      if (clear & 2) page.referenced = false;
    }
    return marks;
  }

  nextDirty(domain: MDomain, name: number, first: number): number {
    const cap = this.#managed(domain, name);
    if (typeof cap === "number") return cap;
    const dirty = [...cap.object.pages].filter(([page, marks]) => page >= first && marks.dirty).map(([page]) => page);
    return dirty.length > 0 ? Math.min(...dirty) : NOT_FOUND;
  }

  /** Evict pages, or only those that are clean; what was in them reads as zeros. */
  evict(domain: MDomain, name: number, first: number, count: number, cleanOnly: boolean): number {
    const cap = this.#managed(domain, name);
    if (typeof cap === "number") return cap;
    const { bytes, pages } = cap.object, gone = [...pages].filter(([page, { dirty }]) => page >= first && page < first + count && !(cleanOnly && dirty));
    for (const [page] of gone) { pages.delete(page); bytes.fill(0, page * PAGE, (page + 1) * PAGE); }
    return cleanOnly ? gone.length : OK;
  }

  #managed(domain: MDomain, name: number): MCap | number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_DATASPACE) return BAD_HANDLE;
    return cap.rights & RIGHT_MANAGE ? cap : NO_RIGHT;
  }

  /** Why a message through `name` with the capability `carried` is refused before anybody receives it, or OK. */
  mayCall(domain: MDomain, name: number): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind !== OBJECT_ENDPOINT) return BAD_HANDLE;
    return cap.rights & RIGHT_WRITE ? OK : NO_RIGHT;
  }

  /** Whether `name` can travel in a message of `domain` to `to`: OK or the error that its sender gets. */
  mayCarry(domain: MDomain, name: number, to: MDomain): number {
    const cap = domain.caps.get(name);
    if (!cap || cap.object.kind === OBJECT_REPLY) return BAD_HANDLE;
    if (!(cap.rights & RIGHT_GRANT)) return NO_RIGHT;
    return to.caps.size >= to.quota ? QUOTA : OK;
  }
}
