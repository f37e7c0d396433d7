// Capabilities of the fake machine: tables, the tree of who derives from whom, and the watching of a badge's last copy.
// The rules are those of kernel-wasm/assembly/object; here they are as plain as they can be.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { OBJECT_NONE, RIGHT_ALL, SLOT_FIRST_FREE } from "../../abi/layout/limits.ts";

/** Anything a capability can name. `references` counts the capabilities to it. */
export class KernelObject {
  private static last = 0;
  readonly number = ++KernelObject.last;
  references = 0;
  constructor(readonly kind: number) {}
  /** Called when the last capability to it is gone. */
  released(): void {}
}

export class Capability {
  readonly children = new Set<Capability>();
  watched = false;
  constructor(readonly object: KernelObject, readonly rights: number, readonly badge: number, public parent: Capability | undefined) {
    parent?.children.add(this);
    object.references++;
  }
  derive(rights = RIGHT_ALL, badge = 0): Capability { return new Capability(this.object, this.rights & rights, this.badge || badge, this); }
}

export class CapabilityTable {
  private readonly slots = new Map<number, Capability>();
  private next = SLOT_FIRST_FREE;
  private readonly free: number[] = [];
  /** `orphaned` is told of a watched capability whose last descendant went. */
  constructor(private readonly quota: number, private readonly orphaned: (root: Capability) => void) {}

  get count(): number { return this.slots.size; }
  get(slot: number): Capability | undefined { return this.slots.get(slot); }
  all(): [number, Capability][] { return [...this.slots]; }

  /** Put a capability into a slot (a new one if none is said): the slot, or a negated error. */
  insert(cap: Capability, slot?: number): number {
    if (this.slots.size >= this.quota) { this.destroy(cap); return -Errors.QuotaExceeded; }
    const to = slot ?? this.free.pop() ?? this.next++;
    this.slots.set(to, cap);
    return to;
  }

  /** Take it out without destroying it. */
  take(slot: number): Capability | undefined {
    const cap = this.slots.get(slot);
    if (cap && this.slots.delete(slot) && slot >= SLOT_FIRST_FREE) this.free.push(slot);
    return cap;
  }

  delete(slot: number): number {
    const cap = this.take(slot);
    if (!cap) return -Errors.BadHandle;
    this.destroy(cap);
    return 0;
  }

  /** The end of a capability: its children become its parent's. */
  destroy(cap: Capability): void {
    const parent = cap.parent;
    parent?.children.delete(cap);
    for (const child of cap.children) { child.parent = parent; parent?.children.add(child); }
    cap.children.clear();
    if (--cap.object.references === 0) cap.object.released();
    for (let at = parent; at; at = at.parent) {
      if (!at.watched) continue;
      if (at.children.size === 0) this.orphaned(at);
      break;
    }
  }

  find(predicate: (cap: Capability) => boolean): number | undefined { return this.all().find(([, cap]) => predicate(cap))?.[0]; }
  kindOf(slot: number): number { return this.slots.get(slot)?.object.kind ?? OBJECT_NONE; }
}
