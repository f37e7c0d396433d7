// The kernel objects of the fake machine (fake-machine.ts) and its capabilities. Plain data: what the objects do is in fake-machine.ts, what a
// domain may do with them in fake-kernel.ts. For tests only.

import type { Incoming, Answer } from "../kernel.ts";

export const emptyAnswer = (status: number): Answer => ({ status, words: [], caps: [], data: new Uint8Array(0) });
export const emptyIncoming = (status: number): Incoming => ({ status, label: 0, badge: 0, rights: 0, words: [], caps: [], ranges: [], room: 0, reply: 0 });

let lastNumber = 0;
const nextNumber = (): number => ++lastNumber;

/** A capability in a domain's table, or (domain undefined) in a message on its way. */
export class FakeCap {
  readonly children = new Set<FakeCap>();
  domain: FakeDomain | undefined;
  slot = 0;
  /** When its last child goes, its endpoint is told (capWatch). */
  watched = false;
  constructor(readonly object: FakeObject, readonly rights: number, readonly badge: number, public parent: FakeCap | undefined) {
    parent?.children.add(this);
    object.caps.add(this);
  }
}

abstract class Base { readonly number = nextNumber(); readonly caps = new Set<FakeCap>() }

/** The caller's side of a call: settled exactly once, by an answer or by a death. */
export class FakeReply extends Base {
  readonly kind = "reply";
  settled = false;
  constructor(readonly caller: FakeDomain, readonly room: number, readonly complete: (answer: Answer) => void) { super(); }
}

/** A message on its way. */
export interface FakeMessage {
  label: number; badge: number; rights: number; words: bigint[]; caps: (FakeCap | undefined)[]; ranges: Uint8Array[];
  reply: FakeReply | undefined;
}

export class FakeEndpoint extends Base {
  readonly kind = "endpoint";
  readonly queue: FakeMessage[] = [];
  /** Domains that wait in receiveAsync, oldest first. */
  readonly receivers: { domain: FakeDomain; resume: (incoming: Incoming) => void }[] = [];
  /** Set by FakeMachine.attach: takes each message at once, in the sender's stack. */
  handler: { domain: FakeDomain; handle: (incoming: Incoming) => void } | undefined;
  busy = false;
}

export class FakeNotification extends Base {
  readonly kind = "notification";
  bits = 0n;
  readonly waiters: ((bits: bigint) => void)[] = [];
  bound: FakeEndpoint | undefined;
}

export interface FakePage { readonly bytes: Uint8Array; dirty: boolean; referenced: boolean }

export class FakeDataspace extends Base {
  readonly kind = "dataspace";
  readonly pages = new Map<number, FakePage>();
  writes = 0n;
  written = 0n;
  pager: { endpoint: FakeEndpoint; badge: number } | undefined;
  constructor(public size: bigint) { super(); }
}

export class FakeSystem extends Base { readonly kind = "system" }

export class FakeDomain extends Base {
  readonly kind = "domain";
  name = "";
  state: "created" | "running" | "suspended" | "dead" = "created";
  readonly table = new Map<number, FakeCap>();
  image = 0;
  placement: "worker" | "inline" = "worker";
  constructor(readonly capQuota: number, readonly frameQuota: number, readonly fault: { endpoint: FakeEndpoint; badge: number } | undefined) { super(); }
}

export type FakeObject = FakeReply | FakeEndpoint | FakeNotification | FakeDataspace | FakeSystem | FakeDomain;
