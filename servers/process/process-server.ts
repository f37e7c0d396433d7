// The process server: answers the `process` interface and hears of the ends of domains. One thread; no call here waits for a
// program or for the network. What a process owns here is given back by lives.ts.

import type { ProcessCreateResult, ProcessGiveResult, ProcessListResult, ProcessSetGroupResult, ProcessSignalResult, ProcessStartupResult, ProcessSystemResult, ProcessTakeResult } from "../../abi/generated/ts/client/process.ts";
import { ProcessState, Signal, SpawnFlags } from "../../abi/generated/ts/enums.ts";
import type { CallContext } from "../../abi/generated/ts/message.ts";
import { dispatchProcess, type ProcessHandlers } from "../../abi/generated/ts/server/process.ts";
import {
  DESCRIPTOR_DIRECTORY, DESCRIPTOR_PROGRAM, DESCRIPTOR_ROOT, DESCRIPTOR_SYSTEM, DESCRIPTOR_WATCH, LABEL_FAULT, LABEL_SIGNAL, MAX_DESCRIPTOR, MAX_PATH,
  OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_SYSTEM, RANGE_LIMIT, RIGHT_ALL, RIGHT_MANAGE, RIGHT_RECEIVE, SLOT_SELF,
} from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { Log } from "../../lib/ts/log.ts";
import { encodeRows } from "../../lib/ts/process-records.ts";
import { answer, isNotice, type Server } from "../../lib/ts/serve.ts";
import { errorName, failure, refuse, refuseWith } from "../../lib/ts/status.ts";
import { decodeStrings, encodeStrings, encodeText } from "../../lib/ts/text.ts";
import { Domains, type Quotas } from "./domains.ts";
import { endedByExit, endedUnrunnable } from "./ending.ts";
import { Lives } from "./lives.ts";
import { Loader, type Loaded } from "./program/loader.ts";
import { Process } from "./process.ts";
import { ProcessTable } from "./process-table.ts";
import { LAST_SIGNAL } from "./signals.ts";
import { Waiting } from "./waiting.ts";

export interface ProcessServerOptions {
  readonly kernel: Kernel;
  /** Image numbers: `linux`, `native-module`, `native-programs`. */
  readonly images: Readonly<Record<string, number>>;
  readonly quotas: Quotas;
  /** The root directory; children of init have it, without Manage, unless they are given another. A slot, or a negated error. */
  readonly findRoot: () => number;
  /** The console, to tell which terminal a process is on; or a negated error. */
  readonly findConsole: () => number;
}

/** Arguments and environment together; leaves room for what the loader adds. */
const STARTUP_LIMIT = RANGE_LIMIT - 2048;
type Refusal = ReturnType<typeof refuse>;

export class ProcessServer implements Server, ProcessHandlers {
  readonly custody: Custody;
  readonly table = new ProcessTable();
  private readonly kernel: Kernel;
  private readonly log: Log;
  private readonly loader: Loader;
  private readonly domains: Domains;
  private readonly waiting: Waiting;
  private readonly lives: Lives;

  constructor(private readonly options: ProcessServerOptions) {
    const { kernel } = this.options;
    this.kernel = kernel;
    this.table.init.started = kernel.wallClock();
    this.custody = new Custody(kernel);
    this.log = new Log(kernel, "process");
    const notification = kernel.notificationCreate();
    kernel.notificationBind(notification, SLOT_SELF);
    this.loader = new Loader(kernel, notification);
    this.domains = new Domains(kernel, options.quotas);
    this.waiting = new Waiting(kernel, this.table);
    this.lives = new Lives(kernel, this.table, this.waiting, this.loader);
  }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (!isNotice(incoming)) return dispatchProcess(this, incoming);
    if (incoming.label === LABEL_FAULT) this.lives.faulted(incoming);
    else if (incoming.label === LABEL_SIGNAL) this.loader.resume();
    return { status: 0 };
  }

  // ---- making processes

  create(context: CallContext, flags: SpawnFlags, group: number, argumentBytes: Uint8Array, environment: Uint8Array): ProcessCreateResult {
    const parent = this.caller(context);
    if (!parent) return refuse("NoRight");
    if (argumentBytes.length + environment.length > STARTUP_LIMIT) return refuse("TooLong");
    if (flags & ~(SpawnFlags.NewGroup | SpawnFlags.HandleInterrupt)) return refuse("BadArgument");
    const own = (flags & SpawnFlags.NewGroup) !== 0 || parent === this.table.init;
    if (group && !this.table.inGroup(group).some((member) => member.session === parent.session)) return refuse("BadArgument");
    const root = this.copyRoot(parent);
    if (root < 0) return refuseWith(root);
    const made = this.table.add(parent, group || (own ? 0 : parent.group), flags);
    if (!made) { this.kernel.capDelete(root); return refuse("TryAgain"); }
    made.root = root;
    made.arguments = argumentBytes.slice();
    made.environment = environment.slice();
    made.terminal = parent.terminal;
    made.started = this.kernel.wallClock();
    if (parent.system) made.system = Math.max(0, this.kernel.capCopy(parent.system));
    return { error: 0, pid: made.pid, group: made.group };
  }

  give(context: CallContext, pid: number, descriptor: number, file: number): ProcessGiveResult {
    const child = this.childOf(context, pid);
    if (!child) return refuse("NoChild");
    const info = this.kernel.capInfo(file);
    if (!info || child.state !== ProcessState.Created) return refuse("BadArgument");
    switch (descriptor) {
      case DESCRIPTOR_SYSTEM:
        if (info.kind !== OBJECT_SYSTEM) return refuse("BadArgument");
        child.system = this.replace(child.system, file);
        return { error: 0 };
      case DESCRIPTOR_WATCH:
        if (info.kind !== OBJECT_NOTIFICATION) return refuse("BadArgument");
        child.watch = this.replace(child.watch, file);
        return { error: 0 };
      case DESCRIPTOR_ROOT:
        if (!this.isDirectory(file)) return refuse("BadArgument");
        child.root = this.replace(child.root, file);
        return { error: 0 };
      case DESCRIPTOR_DIRECTORY:
        if (!this.isDirectory(file)) return refuse("BadArgument");
        break;
      default:
        if (descriptor > MAX_DESCRIPTOR || info.kind !== OBJECT_ENDPOINT) return refuse("BadArgument");
        this.noteTerminal(child, info.object, info.badge);
    }
    child.given.set(descriptor, this.replace(child.given.get(descriptor) ?? 0, file));
    return { error: 0 };
  }

  start(context: CallContext, pid: number, path: string): "deferred" | Refusal {
    const child = this.childOf(context, pid);
    if (!child || child.state !== ProcessState.Created) return refuse("NoChild");
    const length = encodeText(path).length;
    if (length > MAX_PATH) return refuse("TooLong");
    if (length === 0) return refuse("NotFound");
    child.state = ProcessState.Starting;
    this.loader.load(child, path, decodeStrings(child.arguments), (loaded) => this.loaded(child, loaded, context.reply));
    return "deferred";
  }

  private loaded(child: Process, loaded: Loaded, reply: number): void {
    if (!child.alive) {
      // Killed while its program was looked up.
      if ("dataspace" in loaded) this.kernel.capDelete(loaded.dataspace);
      answer(this.kernel, reply, { status: failure("NoChild") });
      return;
    }
    if (!("kind" in loaded)) {
      child.state = ProcessState.Created;
      if (loaded.unrunnable) this.lives.end(child, endedUnrunnable(loaded.unrunnable));
      answer(this.kernel, reply, { status: -loaded.error });
      return;
    }
    child.arguments = encodeStrings(loaded.arguments);
    const builtIn = loaded.kind === "built-in";
    if (loaded.kind === "built-in") child.environment = encodeText(`${decodeStrings(child.environment).concat(`GRAIL_PROGRAM=${loaded.name}`).join("\0")}\0`);
    else child.given.set(DESCRIPTOR_PROGRAM, this.replace(child.given.get(DESCRIPTOR_PROGRAM) ?? 0, loaded.dataspace, false));
    child.personality = loaded.kind === "linux" ? 1 : 0;
    const image = this.options.images[builtIn ? "native-programs" : loaded.kind === "linux" ? "linux" : "native-module"];
    if (!child.given.has(DESCRIPTOR_DIRECTORY)) child.given.set(DESCRIPTOR_DIRECTORY, this.kernel.capCopy(child.root));
    child.state = ProcessState.Running;
    const status = image === undefined ? failure("NotSupported") : this.domains.start(child, image, loaded.kind === "built-in" ? 0 : loaded.dataspace);
    if (status < 0 && child.alive) {
      this.log.warn(`cannot start ${child.name}: ${errorName(status)}`);
      child.state = ProcessState.Created;
      this.drop(child, DESCRIPTOR_PROGRAM);
    }
    answer(this.kernel, reply, { status: Math.min(status, 0) });
  }

  startup(context: CallContext): ProcessStartupResult {
    const process = this.caller(context);
    if (!process) return refuse("NoRight");
    const data = new Uint8Array(process.arguments.length + process.environment.length);
    if (data.length > context.room) return refuse("TooLong");
    data.set(process.arguments);
    data.set(process.environment, process.arguments.length);
    let descriptors = 0n;
    for (const descriptor of process.given.keys()) if (descriptor < 64) descriptors |= 1n << BigInt(descriptor);
    return { error: 0, pid: process.pid, parent: process.parent?.pid ?? 0, group: process.group, argumentsLength: process.arguments.length, descriptors, data };
  }

  take(context: CallContext, descriptor: number): ProcessTakeResult {
    const process = this.caller(context);
    const file = process?.given.get(descriptor);
    if (!process || file === undefined) return refuse("BadHandle");
    process.given.delete(descriptor);
    return { error: 0, file };
  }

  system(context: CallContext): ProcessSystemResult {
    const process = this.caller(context);
    if (!process?.system) return refuse("NoRight");
    const system = this.kernel.capCopy(process.system);
    return system < 0 ? refuseWith(system) : { error: 0, system };
  }

  // ---- waiting, listing, groups

  wait(context: CallContext, pid: number, stopped: boolean, block: boolean): "deferred" | Refusal {
    const parent = this.caller(context);
    if (!parent) return refuse("NoRight");
    this.waiting.wait(parent, pid, stopped, block, context.reply);
    return "deferred";
  }

  list(context: CallContext, index: number): ProcessListResult {
    const rows = this.table.all().slice(index).map((each) => ({
      pid: each.pid, parent: each.parent?.pid ?? 0, group: each.group, state: each.state, domain: each.domainNumber, personality: each.personality,
      started: each.started, status: each.ending?.status ?? 0, terminal: each.terminal, name: each.name,
    }));
    return { error: 0, rows: encodeRows(rows, context.room) };
  }

  setGroup(context: CallContext, pid: number, group: number): ProcessSetGroupResult {
    const process = pid === 0 ? this.caller(context) : this.childOf(context, pid);
    if (!process || process === this.table.init) return refuse("NoChild");
    const wanted = group || process.pid;
    if (wanted !== process.pid && !this.table.inGroup(wanted).some((member) => member.session === process.session)) return refuse("BadArgument");
    process.group = wanted;
    return { error: 0 };
  }

  // ---- signals

  signal(context: CallContext, pid: number, group: number, signal: Signal): ProcessSignalResult {
    const sender = this.caller(context);
    if (!sender) return refuse("NoRight");
    if (signal > LAST_SIGNAL) return refuse("BadArgument");
    const one = pid === 0 ? undefined : this.table.find(pid);
    const targets = pid !== 0 ? one ? [one] : [] : this.table.inGroup(group || sender.group);
    if (targets.length === 0) return refuse("NoProcess");
    const permitted = targets.filter((target) => this.maySignal(sender, target));
    if (permitted.length === 0) return refuse("NoRight");
    if (signal !== Signal.None) for (const target of permitted) if (target.alive) this.lives.deliver(target, signal);
    return { error: 0 };
  }

  waitSignal(context: CallContext): "deferred" | Refusal | { error: 0; signal: Signal } {
    const process = this.caller(context);
    if (!process?.handlesInterrupt) return refuse("NoRight");
    const signal = process.pendingSignals.shift();
    if (signal !== undefined) {
      if (!answer(this.kernel, context.reply, { status: 0, words: [signal] })) process.pendingSignals.unshift(signal);
      return "deferred";
    }
    if (process.signalWaiter) this.kernel.capDelete(process.signalWaiter);
    process.signalWaiter = context.reply;
    return "deferred";
  }

  exit(context: CallContext, status: number): "deferred" | Refusal {
    const process = this.caller(context);
    if (!process || process === this.table.init) return refuse("NoRight");
    this.lives.finish(process, endedByExit(status));
    this.kernel.capDelete(context.reply);
    return "deferred";
  }

  private maySignal(sender: Process, target: Process): boolean {
    if (target === this.table.init) return false;
    return sender === this.table.init || sender.system !== 0 || sender.session === target.session || target.isBelow(sender);
  }

  // ---- callers and capabilities

  /** The process that calls. Badge 0 is init if the capability may manage, else the public capability that anyone can look up: nobody. */
  private caller(context: CallContext): Process | undefined {
    if (context.badge === 0) return context.rights & RIGHT_MANAGE ? this.table.init : undefined;
    const process = this.table.find(context.badge);
    return process?.alive ? process : undefined;
  }

  private childOf(context: CallContext, pid: number): Process | undefined {
    const parent = this.caller(context), child = this.table.find(pid);
    return parent && child?.parent === parent ? child : undefined;
  }

  /** The parent's root. That of this server, for children of init, is for administrators: they get it without the right to mount. */
  private copyRoot(parent: Process): number {
    if (parent.root) return this.kernel.capCopy(parent.root);
    const root = this.options.findRoot();
    return root < 0 ? root : this.kernel.capMint(root, RIGHT_ALL & ~RIGHT_MANAGE & ~RIGHT_RECEIVE, 0);
  }

  /** Only the VFS may serve directories: others could keep this server waiting. */
  private isDirectory(slot: number): boolean {
    const root = this.options.findRoot();
    return root >= 0 && this.kernel.capInfo(slot)?.object === this.kernel.capInfo(root)?.object;
  }

  private noteTerminal(child: Process, object: number, badge: number): void {
    const console = this.options.findConsole();
    if (console >= 0 && this.kernel.capInfo(console)?.object === object) child.terminal = badge;
  }

  /** Take over a capability in place of an older one. */
  private replace(old: number, slot: number, received = true): number {
    if (old) this.kernel.capDelete(old);
    return received ? this.custody.keep(slot) : slot;
  }

  private drop(process: Process, descriptor: number): void {
    const slot = process.given.get(descriptor);
    if (slot !== undefined) this.kernel.capDelete(slot);
    process.given.delete(descriptor);
  }
}
