// A name server for tests: the `names` interface on a Map. Lookups that wait are answered when the name is published.

import { dispatchNames, encodeNamesLookup, type NamesHandlers } from "../../../abi/generated/ts/server/names.ts";
import type { CallContext } from "../../../abi/generated/ts/message.ts";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE, SLOT_NAMES } from "../../../abi/layout/limits.ts";
import { Custody } from "../custody.ts";
import { handle, type Server } from "../serve.ts";
import { refuse } from "../status.ts";
import { encodeText } from "../text.ts";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeMachine } from "./fake-machine.ts";

const OWNER = RIGHT_MANAGE | RIGHT_RECEIVE;

export class FakeNames implements Server, NamesHandlers {
  readonly custody: Custody;
  /** What everyone finds. */
  readonly bindings = new Map<string, number>();
  /** What those find first who ask with Manage. */
  readonly administrative = new Map<string, number>();
  private readonly watched = new Map<string, { notify: number; bits: bigint; found: boolean }>();
  private readonly waiting: { name: string; reply: number; administrator: boolean }[] = [];

  constructor(private readonly machine: FakeMachine, readonly kernel: FakeKernel = machine.domain("names"), readonly endpoint: number = kernel.endpointCreate()) {
    this.custody = new Custody(this.kernel);
    machine.attach(this.kernel, this.endpoint, (incoming) => handle(this.kernel, this, incoming));
  }

  /** Give a domain its SLOT_NAMES. */
  introduce(domain: FakeKernel, administrator = false): void {
    this.machine.grant(this.kernel, this.endpoint, domain, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | (administrator ? RIGHT_MANAGE : 0), 0, SLOT_NAMES);
  }

  /** Publish an endpoint of `owner` as init does: to call, to pass on, nothing more. */
  announce(owner: FakeKernel, slot: number, name: string, rights = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, administrative = false): void {
    this.publish({ badge: 0, rights: RIGHT_ALL, reply: 0, room: 0 }, administrative, this.machine.grant(owner, slot, this.kernel, rights), name);
  }

  dispatch = (incoming: Parameters<Server["dispatch"]>[0]): ReturnType<Server["dispatch"]> => dispatchNames(this, incoming);

  private find(name: string, administrator: boolean): number | undefined { return (administrator ? this.administrative.get(name) : undefined) ?? this.bindings.get(name); }

  lookup(context: CallContext, wait: boolean, name: string): ReturnType<NamesHandlers["lookup"]> {
    const administrator = (context.rights & RIGHT_MANAGE) !== 0, object = this.find(name, administrator);
    const watch = this.watched.get(name);
    if (object !== undefined && watch) watch.found = true;
    if (object !== undefined) return { error: 0, object: this.kernel.capCopy(object) };
    if (!wait) return refuse("NotFound");
    this.waiting.push({ name, reply: context.reply, administrator });
    return "deferred";
  }

  publish(context: CallContext, administrative: boolean, object: number, name: string): ReturnType<NamesHandlers["publish"]> {
    if ((context.rights & OWNER) !== OWNER) return refuse("NoRight");
    const bindings = administrative ? this.administrative : this.bindings, old = bindings.get(name);
    if (old !== undefined) this.kernel.capDelete(old);
    bindings.set(name, this.custody.keep(object));
    for (const waiter of this.waiting.splice(0)) {
      const found = waiter.name === name ? this.find(name, waiter.administrator) : undefined;
      if (found === undefined) this.waiting.push(waiter);
      else this.kernel.reply(waiter.reply, encodeNamesLookup({ error: 0, object: this.kernel.capCopy(found) }));
    }
    return { error: 0 };
  }

  remove(context: CallContext, name: string): ReturnType<NamesHandlers["remove"]> {
    if ((context.rights & OWNER) !== OWNER) return refuse("NoRight");
    let found = false;
    for (const bindings of [this.bindings, this.administrative]) {
      const old = bindings.get(name);
      if (old === undefined) continue;
      this.kernel.capDelete(old);
      bindings.delete(name);
      found = true;
    }
    return found ? { error: 0 } : refuse("NotFound");
  }

  watch(context: CallContext, notify: number, bits: bigint, name: string): ReturnType<NamesHandlers["watch"]> {
    if ((context.rights & OWNER) !== OWNER) return refuse("NoRight");
    if (this.find(name, true) === undefined) return refuse("NotFound");
    this.watched.set(name, { notify: this.custody.keep(notify), bits, found: false });
    return { error: 0 };
  }

  /** Signal for the watched names that were found. The real server does so at once; here nobody would be able to call it meanwhile. */
  tellWatchers(): void { for (const { notify, bits, found } of [...this.watched.values()]) if (found) this.kernel.signal(notify, bits); }

  wanted(context: CallContext): ReturnType<NamesHandlers["wanted"]> {
    if ((context.rights & OWNER) !== OWNER) return refuse("NoRight");
    const told = [...this.watched].filter(([, { found }]) => found);
    for (const [name, { notify }] of told) { this.watched.delete(name); this.kernel.capDelete(notify); }
    return { error: 0, text: encodeText(told.map(([name]) => `${name}\n`).join("")) };
  }

  list(context: CallContext, position: bigint): ReturnType<NamesHandlers["list"]> {
    const names = new Set([...this.bindings.keys(), ...context.rights & RIGHT_MANAGE ? this.administrative.keys() : []]);
    return { error: 0, text: encodeText([...names].map((name) => `${name}\n`).join("")).slice(Number(position)) };
  }
}
