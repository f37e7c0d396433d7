// The system calls of the fake machine, as the functions that a Wasm module of a domain imports from `kernel`.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { MARK_DIRTY, MARK_PAGES, MARK_REFERENCED, NOT_RELAYED, OBJECT_DOMAIN, RIGHT_ALL, RIGHT_GRANT, RIGHT_WRITE, SHAPE_SEND } from "../../abi/layout/limits.ts";
import type { PageMarks } from "../ts/kernel.ts";
import { Capability } from "./capability.ts";
import { Dataspace } from "./dataspace.ts";
import { Endpoint, Notification, Reply, type Call, type Domain, type FakeMachine } from "./fake-machine.ts";
import { find } from "./find.ts";
import { dataspaceRead, dataspaceSupply, dataspaceWrite, managed } from "./paging.ts";

const { BadHandle, BadArgument, NoRight, Fault, NotSupported, Timeout, TooLarge, WouldBlock } = Errors;

/** Operations that Wasm and TypeScript callers share. Statuses as in lib/assembly/kernel.ts. */
export const operations = {
  capMint(domain: Domain, source: number, rights: number, badge: number): number {
    const cap = domain.table.get(source);
    return cap ? domain.table.insert(cap.derive(rights, badge)) : -BadHandle;
  },
  capMove(domain: Domain, source: number, to: number): number {
    if (to <= 0 || to >= 65536 || domain.table.get(to)) return -BadArgument;
    const cap = domain.table.take(source);
    return cap ? domain.table.insert(cap, to) : -BadHandle;
  },
  capDelete(domain: Domain, slot: number): number {
    const status = domain.table.delete(slot);
    domain.machine.settle();
    return status;
  },
  capRevoke(domain: Domain, slot: number): number {
    const cap = domain.table.get(slot);
    if (!cap) return -BadHandle;
    const below = (at: Capability): Capability[] => [...at.children].flatMap((child) => [...below(child), child]);
    for (const gone of below(cap)) {
      for (const owner of domain.machine.domains) {
        const where = owner.table.find((held) => held === gone);
        if (where !== undefined) { owner.table.delete(where); break; }
      }
    }
    domain.machine.settle();
    return 0;
  },
  capWatch(domain: Domain, slot: number): number {
    const found = find(domain, slot, Endpoint);
    if (!found) return -BadHandle;
    found.cap.watched = true;
    return 0;
  },
  create(domain: Domain, object: Endpoint | Notification | Dataspace): number { return domain.table.insert(new Capability(object, RIGHT_ALL, 0, undefined)); },
  signal(domain: Domain, slot: number, bits: bigint): number {
    const found = find(domain, slot, Notification);
    if (!found) return -BadHandle;
    if (!(found.cap.rights & RIGHT_WRITE)) return -NoRight;
    domain.machine.signal(found.object, bits);
    return 0;
  },
  notificationBind(domain: Domain, slot: number, endpoint: number): number {
    const found = find(domain, slot, Notification);
    const to = find(domain, endpoint, Endpoint);
    if (!found || !to) return -BadHandle;
    found.object.endpoint = to.object;
    return 0;
  },
  dataspaceResize(domain: Domain, slot: number, size: bigint): number {
    const dataspace = managed(domain, slot);
    if (typeof dataspace === "number") return dataspace;
    if (!Dataspace.isSize(size)) return size < 0n ? -BadArgument : -TooLarge;
    dataspace.resize(size);
    return 0;
  },
  dataspaceSetPager(domain: Domain, slot: number, endpoint: number, badge: number): number {
    const pager = find(domain, endpoint, Endpoint), dataspace = managed(domain, slot);
    if (!pager) return -BadHandle;
    if (typeof dataspace === "number") return dataspace;
    dataspace.pager = { endpoint: pager.cap, badge };
    return 0;
  },
  dataspaceEvict(domain: Domain, slot: number, first: number, count: number): number {
    const dataspace = managedPages(domain, slot, first, count);
    if (typeof dataspace === "number") return dataspace;
    dataspace.evict(first, count);
    return 0;
  },
  dataspaceMarks(domain: Domain, slot: number, first: number, count: number, clear: number): PageMarks {
    const none = { present: 0n, dirty: 0n, referenced: 0n };
    if (count < 1 || count > MARK_PAGES || clear & ~(MARK_DIRTY | MARK_REFERENCED)) return { status: -BadArgument, ...none };
    const dataspace = managedPages(domain, slot, first, count);
    if (typeof dataspace === "number") return { status: dataspace, ...none };
    const [present, dirty, referenced] = dataspace.marks(first, count, clear);
    return { status: 0, present, dirty, referenced };
  },
  dataspaceNextDirty(domain: Domain, slot: number, first: number): number {
    const dataspace = managedPages(domain, slot, first, 0);
    return typeof dataspace === "number" ? dataspace : dataspace.nextDirty(first);
  },
  dataspaceReclaim(domain: Domain, slot: number, first: number, count: number): number {
    const dataspace = managedPages(domain, slot, first, count);
    return typeof dataspace === "number" ? dataspace : dataspace.reclaim(first, count);
  },
};

function managedPages(domain: Domain, slot: number, first: number, count: number): Dataspace | number {
  return first < 0 || count < 0 ? -BadArgument : managed(domain, slot);
}

export function syscallsOf(machine: FakeMachine, domain: Domain): WebAssembly.ModuleImports {
  const { registers } = machine;
  const bytes = (address: number, length: number, memory = domain.memory): Uint8Array | undefined => {
    const all = memory && new Uint8Array(memory.buffer);
    return all && length >= 0 && (address >>> 0) + length <= all.length ? all.subarray(address >>> 0, (address >>> 0) + length) : undefined;
  };
  const memoryNumber = (memory: number): WebAssembly.Memory | undefined => memory === 0 ? domain.memory : memory === 1 ? domain.programMemory : undefined;
  const callTo = (reply: number): Call | undefined => reply === 0 ? machine.current(domain) : find(domain, reply, Reply)?.object.call;

  const call = (endpoint: number, label: number, shape: number): number => {
    const sends = shape / SHAPE_SEND & 3;
    const ranges = ([["s0a", "s0n"], ["s1a", "s1n"]] as const).slice(0, sends).map(([a, n]) => bytes(registers.get(a), registers.get(n)));
    const room = shape & 512 ? bytes(registers.get("r0a"), registers.get("r0n")) : undefined;
    if (sends > 2 || ranges.includes(undefined) || (shape & 512 && !room)) return -Fault;
    return callWith(endpoint, label, shape, {
      send: ranges.map((range) => ({ length: range!.length, read: (offset, length) => range!.slice(offset, offset + length) })),
      receive: room && { length: room.length, write: (offset, data) => room.set(data, offset) },
    });
  };
  const callWith = (endpoint: number, label: number, shape: number, ranges: Pick<Call, "send" | "receive">): number => {
    const through = find(domain, endpoint, Endpoint);
    if (!through) return -BadHandle;
    const slots = registers.caps(shape >> 4 & 7);
    const held = slots.map((slot) => slot === 0 ? undefined : domain.table.get(slot));
    if (held.some((cap, i) => !cap && slots[i] !== 0)) return -BadHandle;
    if (held.some((cap) => cap && !(cap.rights & RIGHT_GRANT))) return -NoRight;
    const made: Call = {
      caller: domain, server: through.object.domain, delivered: 0, saved: false, finished: undefined, onFinish: () => {}, ...ranges,
    };
    const status = machine.deliver(made, through.cap, label, shape, registers.words(shape & 15), held.map((cap) => cap?.derive()) as Capability[]);
    if (status < 0) return status;
    if (!made.finished) machine.block(() => made.finished !== undefined);
    const { status: answer, words, caps } = made.finished!;
    registers.setWords(words);
    registers.setCaps(caps);
    registers.set("r0n", made.delivered);
    return answer;
  };

  return {
    call,
    callTimed: (endpoint: number, label: number, shape: number) => call(endpoint, label, shape),
    relay(endpoint: number, label: number, shape: number): number {
      const outer = machine.current(domain);
      if (!outer || outer.saved) return NOT_RELAYED;
      registers.set("r0n", 0);
      const status = callWith(endpoint, label, shape, { send: outer.send.slice(0, shape / SHAPE_SEND & 3), receive: shape & 512 ? outer.receive : undefined });
      outer.delivered = Math.max(outer.delivered, registers.get("r0n"));
      return status;
    },
    send: (endpoint: number, label: number, shape: number) => Math.min(call(endpoint, label, shape), 0),
    receive: () => -BadHandle,
    replyAndReceive: () => -BadHandle,
    reply(slot: number, status: number, shape: number): number {
      const found = find(domain, slot, Reply);
      if (!found) return -BadHandle;
      return machine.answer(domain, slot, { status, words: registers.words(shape & 15), caps: registers.caps(shape >> 4 & 7) });
    },
    saveReply(): number {
      const current = machine.current(domain);
      if (!current || current.saved) return -BadHandle;
      const slot = domain.table.insert(new Capability(new Reply(machine, current), 0, 0, undefined));
      if (slot >= 0) current.saved = true;
      return slot;
    },
    fetch(reply: number, which: number, offset: number, destination: number, length: number): number {
      const current = callTo(reply);
      if (!current) return -BadHandle;
      if (reply !== 0 && (current.finished || current.caller.dead)) return -Errors.Canceled;
      const range = current.send[which];
      if (!range || offset < 0 || length < 0) return -BadArgument;
      const data = range.read(offset, length);
      const to = bytes(destination, data.length);
      if (!to) return -Fault;
      to.set(data);
      return data.length;
    },
    deliver(reply: number, offset: number, source: number, length: number): number {
      const current = callTo(reply);
      if (!current) return -BadHandle;
      if (reply !== 0 && (current.finished || current.caller.dead)) return -Errors.Canceled;
      if (!current.receive || offset < 0 || length < 0) return -BadArgument;
      const from = bytes(source, length);
      if (!from) return -Fault;
      const count = Math.max(0, Math.min(length, current.receive.length - offset));
      current.receive.write(offset, from.slice(0, count));
      current.delivered = Math.max(current.delivered, offset + count);
      return count;
    },
    capMint: (source: number, rights: number, badge: number) => operations.capMint(domain, source, rights, badge),
    capCopy: (source: number) => operations.capMint(domain, source, RIGHT_ALL, 0),
    capMove: (source: number, to: number) => operations.capMove(domain, source, to),
    capDelete: (slot: number) => operations.capDelete(domain, slot),
    capRevoke: (slot: number) => operations.capRevoke(domain, slot),
    capInfo(slot: number): number {
      const cap = domain.table.get(slot);
      if (!cap) return -BadHandle;
      registers.setWords([BigInt(cap.badge >>> 0), BigInt(cap.object.number)]);
      return cap.object.kind | cap.rights << 8;
    },
    capWatch: (slot: number) => operations.capWatch(domain, slot),
    capGrant: () => -NotSupported,
    endpointCreate: () => operations.create(domain, new Endpoint(domain)),
    notificationCreate: () => operations.create(domain, new Notification()),
    signal: (notification: number, bits: bigint) => operations.signal(domain, notification, bits),
    wait(notification: number, timeout: bigint): number {
      const found = find(domain, notification, Notification);
      if (!found) return -BadHandle;
      if (found.object.bits === 0n && timeout >= 0n) {
        machine.time += timeout * 1000n;
        if (timeout > 0n) machine.timedOut();
        return timeout === 0n ? -WouldBlock : -Timeout;
      }
      machine.block(() => found.object.bits !== 0n);
      machine.timeouts = 0;
      registers.setWords([found.object.bits]);
      found.object.bits = 0n;
      return 0;
    },
    notificationBind: (notification: number, endpoint: number) => operations.notificationBind(domain, notification, endpoint),
    dataspaceCreate: (size: bigint) => Dataspace.isSize(size) ? operations.create(domain, new Dataspace(size, domain.frames, () => machine.now())) : -BadArgument,
    dataspaceRead(slot: number, offset: bigint, memory: number, destination: number, length: number): number {
      if (!memoryNumber(memory)) return -BadArgument;
      const data = dataspaceRead(domain, slot, offset, length);
      if (typeof data === "number") return data;
      const to = bytes(destination, data.length, memoryNumber(memory));
      if (!to) return -Fault;
      to.set(data);
      return data.length;
    },
    dataspaceWrite(slot: number, offset: bigint, memory: number, source: number, length: number): number {
      if (!memoryNumber(memory)) return -BadArgument;
      const data = bytes(source, length, memoryNumber(memory));
      return data ? dataspaceWrite(domain, slot, offset, data.slice()) : -Fault;
    },
    dataspaceResize: (slot: number, size: bigint) => operations.dataspaceResize(domain, slot, size),
    dataspaceInfo(slot: number): number {
      const found = find(domain, slot, Dataspace);
      if (!found) return -BadHandle;
      registers.setWords([found.object.size, BigInt(found.object.present), found.object.writes, found.object.written]);
      return 0;
    },
    dataspaceSetPager: (slot: number, endpoint: number, badge: number) => operations.dataspaceSetPager(domain, slot, endpoint, badge),
    dataspaceEvict: (slot: number, first: number, count: number) => operations.dataspaceEvict(domain, slot, first, count),
    dataspaceSupply(slot: number, offset: bigint, source: number, length: number): number {
      const data = bytes(source, length);
      return data ? dataspaceSupply(domain, slot, offset, data.slice()) : -Fault;
    },
    dataspaceMarks(slot: number, first: number, count: number, clear: number): number {
      const { status, present, dirty, referenced } = operations.dataspaceMarks(domain, slot, first, count, clear);
      registers.setWords([present, dirty, referenced]);
      return status;
    },
    dataspaceNextDirty: (slot: number, first: number) => operations.dataspaceNextDirty(domain, slot, first),
    dataspaceReclaim: (slot: number, first: number, count: number) => operations.dataspaceReclaim(domain, slot, first, count),
    domainCreate: () => -NotSupported,
    domainStart: () => -NotSupported,
    domainKill: (slot: number) => domain.table.kindOf(slot) === OBJECT_DOMAIN ? -NotSupported : -BadHandle,
    domainSuspend: () => -NotSupported,
    domainResume: () => -NotSupported,
    exit(status: number): void { throw new Exit(status); },
    monotonic: () => machine.now() - 1_700_000_000_000_000_000n,
    wallClock: () => machine.now(),
    log(text: number, length: number): number {
      domain.log.push(new TextDecoder().decode(bytes(text, length)?.slice()));
      return 0;
    },
  };
}

/** Thrown out of a domain's code by `exit`. */
export class Exit extends Error { constructor(readonly status: number) { super(`exit ${status}`); } }
