// The console server: badge 0 is the `console` interface, badge n + 1 is terminal n and speaks `file` and `terminal`. What the page
// sends comes in through `fromPage`, which must run in the server's loop (Events).

import type { CallContext } from "../../abi/generated/ts/message.ts";
import { ProcessClient } from "../../abi/generated/ts/client/process.ts";
import { FileFlags, FileKind, TerminalModes } from "../../abi/generated/ts/enums.ts";
import { dispatchConsole, type ConsoleHandlers } from "../../abi/generated/ts/server/console.ts";
import { dispatchFile, type FileHandlers } from "../../abi/generated/ts/server/file.ts";
import { dispatchTerminal, type TerminalHandlers } from "../../abi/generated/ts/server/terminal.ts";
import { OBJECT_NOTIFICATION, RANGE_LIMIT, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Custody } from "../../lib/ts/custody.ts";
import type { FromPage, ToPage } from "../../lib/ts/devices.ts";
import type { Events } from "../../lib/ts/events.ts";
import type { Incoming, Kernel, Outcome } from "../../lib/ts/kernel.ts";
import { isNotice, type Server } from "../../lib/ts/serve.ts";
import { failure, refuse, refuseWith } from "../../lib/ts/status.ts";
import { encodeTextWithin } from "../../lib/ts/text.ts";
import { Terminal } from "./terminal.ts";

/** Terminals are bits of the watching notification. */
export const MAX_TERMINALS = 63;
/** Microseconds that the process server has to take a signal. */
const PATIENCE = 1_000_000;
const PROFILE_LIMIT = 63, SIZE_LIMIT = 10_000;
const ALL_MODES = Object.values(TerminalModes).reduce((all, mode) => all | mode, 0);
type Interface = keyof typeof INTERFACES;
const INTERFACES = { file: 0x20, terminal: 0x30, console: 0x31 } as const;
const isFor = (incoming: Incoming, name: Interface): boolean => incoming.label >>> 8 === INTERFACES[name];

export class ConsoleServer implements Server, ConsoleHandlers {
  readonly custody: Custody;
  private readonly terminals = new Map<number, Terminal>();
  /** The process server, with the right to signal; 0: not known yet. */
  private process = 0;
  private watcher = 0;
  /** Terminals whose program has ended and was not asked for again. */
  private readonly over = new Set<number>();

  constructor(private readonly kernel: Kernel, private readonly send: (message: ToPage) => void, readonly events?: Events) { this.custody = new Custody(kernel); }

  dispatch(incoming: Incoming): Outcome | "deferred" {
    if (isNotice(incoming)) return { status: 0 };
    if (incoming.badge === 0) return dispatchConsole(this, incoming);
    if (!this.terminals.has(incoming.badge - 1)) return { status: failure("BadHandle") };
    return isFor(incoming, "file") ? dispatchFile(this.files, incoming) : isFor(incoming, "terminal") ? dispatchTerminal(this.terminalCalls, incoming) : { status: failure("BadMethod") };
  }

  fromPage(message: FromPage): void {
    if (!Number.isInteger(message.terminal) || message.terminal < 0 || message.terminal >= MAX_TERMINALS) return;
    const terminal = this.terminal(message.terminal);
    switch (message.kind) {
      case "open":
        this.over.delete(message.terminal);
        terminal.attach(message.profile ?? "");
        this.tell(message.terminal);
        break;
      case "close":
        terminal.close();
        this.tell(message.terminal);
        break;
      case "input": terminal.input(message.data); break;
      case "resize": terminal.resize(clampSize(message.columns), clampSize(message.rows)); break;
      case "consumed": terminal.consumed(message.bytes); break;
    }
  }

  // ---- console

  open(context: CallContext, number: number): ReturnType<ConsoleHandlers["open"]> {
    if (!(context.rights & RIGHT_MANAGE)) return refuse("NoRight");
    if (number >= MAX_TERMINALS) return refuse("TooManyOpen");
    this.terminal(number);
    const terminal = this.mint(number);
    return terminal < 0 ? refuseWith(terminal) : { error: 0, terminal };
  }

  setProcess(context: CallContext, process: number): ReturnType<ConsoleHandlers["setProcess"]> {
    if (!(context.rights & RIGHT_MANAGE)) return refuse("NoRight");
    if (this.process) this.kernel.capDelete(this.process);
    this.process = this.custody.keep(process);
    return { error: 0 };
  }

  watch(context: CallContext, notify: number): ReturnType<ConsoleHandlers["watch"]> {
    if (!(context.rights & RIGHT_MANAGE)) return refuse("NoRight");
    if (this.kernel.capInfo(notify)?.kind !== OBJECT_NOTIFICATION) return refuse("BadArgument");
    if (this.watcher) this.kernel.capDelete(this.watcher);
    this.watcher = this.custody.keep(notify);
    for (const terminal of this.terminals.values()) if (terminal.open) this.tell(terminal.number);
    return { error: 0 };
  }

  profile(_context: CallContext, number: number): ReturnType<ConsoleHandlers["profile"]> {
    const terminal = this.terminals.get(number);
    return terminal?.open && !this.over.has(number) ? { error: 0, profile: encodeTextWithin(terminal.profile, PROFILE_LIMIT) } : refuse("NotFound");
  }

  ended(context: CallContext, number: number, status: number): ReturnType<ConsoleHandlers["ended"]> {
    if (!(context.rights & RIGHT_MANAGE)) return refuse("NoRight");
    if (!this.terminals.get(number)?.open) return refuse("NotFound");
    this.over.add(number);
    this.send({ terminal: number, kind: "exit", status });
    return { error: 0 };
  }

  // ---- an open terminal

  private readonly files: FileHandlers = {
    read: (context, _position) => this.of(context).read(Math.min(context.room, RANGE_LIMIT), context.reply),
    write: (context, _position, data) => this.of(context).write(data, context.reply),
    stat: (context) => {
      const now = this.kernel.wallClock();
      return {
        error: 0,
        attributes: {
          device: 0n, inode: BigInt(context.badge), kind: FileKind.CharacterDevice, mode: 0o620, links: 1, blockSize: 1024, size: 0n, blocks: 0n,
          accessed: now, modified: now, changed: now, reserved: 0n,
        },
      };
    },
    poll: (context, events, notify, bits) => {
      if (notify && this.kernel.capInfo(notify)?.kind !== OBJECT_NOTIFICATION) return refuse("BadArgument");
      const { ready, kept } = this.of(context).poll(events, notify, bits);
      if (kept) this.custody.keep(notify);
      return { error: 0, ready };
    },
    setFlags: (context, flags) => { this.of(context).nonBlocking = (flags & FileFlags.NonBlocking) !== 0; return { error: 0 }; },
    reopen: (context) => {
      const file = this.mint(context.badge - 1);
      return file < 0 ? refuseWith(file) : { error: 0, file };
    },
    seek: () => refuse("NotSeekable"),
    setSize: () => refuse("NotSupported"),
    sync: () => ({ error: 0 }), setTimes: () => ({ error: 0 }), setMode: () => ({ error: 0 }), close: () => ({ error: 0 }),
  };

  private readonly terminalCalls: TerminalHandlers = {
    state: (context) => {
      const { discipline, columns, rows, foreground } = this.of(context);
      return { error: 0, state: { modes: discipline.modes, columns, rows, foreground, pending: discipline.pending, reserved: 0 } };
    },
    setModes: (context, modes, flush) => { this.of(context).setModes(modes & ALL_MODES, flush); return { error: 0 }; },
    setForeground: (context, group) => { this.of(context).foreground = group; return { error: 0 }; },
    waitResize: (context, columns, rows) => this.of(context).waitResize(columns, rows, context.reply),
  };

  private of(context: CallContext): Terminal { return this.terminal(context.badge - 1); }

  private terminal(number: number): Terminal {
    let found = this.terminals.get(number);
    if (!found) {
      this.terminals.set(number, found = new Terminal(number, {
        kernel: this.kernel,
        send: (data) => this.send({ terminal: number, kind: "output", data }),
        signal: (group, signal) => { if (this.process) new ProcessClient(this.kernel, this.process, PATIENCE).signal(0, group, signal); },
      }));
    }
    return found;
  }

  private mint(number: number): number { return this.kernel.capMint(SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, number + 1); }
  private tell(number: number): void { if (this.watcher) this.kernel.signal(this.watcher, 1n << BigInt(number)); }
}

function clampSize(value: number): number { return Math.max(1, Math.min(SIZE_LIMIT, Math.trunc(value) || 1)); }
