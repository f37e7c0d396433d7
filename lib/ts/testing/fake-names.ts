// A name server for tests: the `names` interface on a Map. Lookups that wait are answered when the name is published.

import { dispatchNames, encodeNamesLookup, type NamesHandlers } from "../../../abi/generated/ts/server/names.ts";
import type { CallContext } from "../../../abi/generated/ts/message.ts";
import { RIGHT_ALL, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_NAMES } from "../../../abi/layout/limits.ts";
import { Custody } from "../custody.ts";
import { handle, type Server } from "../serve.ts";
import { refuse } from "../status.ts";
import { encodeText } from "../text.ts";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeMachine } from "./fake-machine.ts";

export class FakeNames implements Server, NamesHandlers {
  readonly custody: Custody;
  readonly bindings = new Map<string, number>();
  private readonly waiting: { name: string; reply: number }[] = [];

  constructor(private readonly machine: FakeMachine, readonly kernel: FakeKernel = machine.domain("names"), readonly endpoint: number = kernel.endpointCreate()) {
    this.custody = new Custody(this.kernel);
    machine.attach(this.kernel, this.endpoint, (incoming) => handle(this.kernel, this, incoming));
  }

  /** Give a domain its SLOT_NAMES. */
  introduce(domain: FakeKernel): void { this.machine.grant(this.kernel, this.endpoint, domain, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0, SLOT_NAMES); }

  /** Publish an endpoint of `owner` as init does: to call, to pass on, nothing more. */
  announce(owner: FakeKernel, slot: number, name: string, rights = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT): void {
    this.publish({ badge: 0, rights: RIGHT_ALL, reply: 0, room: 0 }, this.machine.grant(owner, slot, this.kernel, rights), name);
  }

  dispatch = (incoming: Parameters<Server["dispatch"]>[0]): ReturnType<Server["dispatch"]> => dispatchNames(this, incoming);

  lookup(context: CallContext, wait: boolean, name: string): ReturnType<NamesHandlers["lookup"]> {
    const object = this.bindings.get(name);
    if (object !== undefined) return { error: 0, object: this.kernel.capCopy(object) };
    if (!wait) return refuse("NotFound");
    this.waiting.push({ name, reply: context.reply });
    return "deferred";
  }

  publish(_context: CallContext, object: number, name: string): ReturnType<NamesHandlers["publish"]> {
    const old = this.bindings.get(name);
    if (old !== undefined) this.kernel.capDelete(old);
    this.bindings.set(name, this.custody.keep(object));
    for (const waiter of this.waiting.splice(0)) {
      if (waiter.name !== name) this.waiting.push(waiter);
      else this.kernel.reply(waiter.reply, encodeNamesLookup({ error: 0, object: this.kernel.capCopy(object) }));
    }
    return { error: 0 };
  }

  remove(_context: CallContext, name: string): ReturnType<NamesHandlers["remove"]> {
    const old = this.bindings.get(name);
    if (old === undefined) return refuse("NotFound");
    this.kernel.capDelete(old);
    this.bindings.delete(name);
    return { error: 0 };
  }

  list(_context: CallContext, position: bigint): ReturnType<NamesHandlers["list"]> {
    return { error: 0, text: encodeText([...this.bindings.keys()].map((name) => `${name}\n`).join("")).slice(Number(position)) };
  }
}
