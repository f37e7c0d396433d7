// Standard input and output of a process under test: TypeScript servers of the `file` interface on the fake machine.

import type { FileHandlers } from "../../../abi/generated/ts/server/file.ts";
import { dispatchFile } from "../../../abi/generated/ts/server/file.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FileKind, PollEvents } from "../../../abi/generated/ts/enums.ts";
import { writeTerminalState } from "../../../abi/generated/ts/records.ts";
import type { Domain, FakeMachine } from "../../../lib/testing/fake-machine.ts";

/** What a stream is: a pipe, or a terminal, which answers `state` as well. */
export interface Stream {
  readonly domain: Domain;
  /** All that was written. */
  output(): Uint8Array;
  text(): string;
  /** Add to what is read. */
  feed(input: string | Uint8Array): void;
  /** The next read finds this error once. */
  failNext(error: number): void;
}

const STATE_LABEL = 0x3001;

export function addStream(machine: FakeMachine, name: string, { terminal = false, input = "" }: { terminal?: boolean; input?: string | Uint8Array } = {}): Stream {
  const written: Uint8Array[] = [];
  let unread = new Uint8Array(0);
  let failure = 0;
  const feed = (more: string | Uint8Array): void => {
    const bytes = typeof more === "string" ? new TextEncoder().encode(more) : more;
    const joined = new Uint8Array(unread.length + bytes.length);
    joined.set(unread);
    joined.set(bytes, unread.length);
    unread = joined;
  };
  feed(input);
  const unsupported = (): { error: typeof Errors.NotSupported } => ({ error: Errors.NotSupported });
  const handlers: FileHandlers = {
    read(context) {
      if (failure) {
        const error = failure as typeof Errors.Interrupted;
        failure = 0;
        return { error };
      }
      // A terminal gives one line.
      const end = terminal ? unread.indexOf(10) + 1 || unread.length : unread.length;
      const data = unread.slice(0, Math.min(end, context.room));
      unread = unread.slice(data.length);
      return { error: 0, data };
    },
    write(_context, _position, data) {
      written.push(data.slice());
      return { error: 0, written: data.length, size: 0n };
    },
    stat: () => ({
      error: 0,
      attributes: {
        device: 0n, inode: 1n, kind: terminal ? FileKind.CharacterDevice : FileKind.Pipe, mode: 0o620, links: 1, blockSize: 1024, size: 0n, blocks: 0n, accessed: 0n,
        modified: 0n, changed: 0n, reserved: 0n,
      },
    }),
    setSize: unsupported, sync: unsupported, setTimes: unsupported, setMode: unsupported, reopen: unsupported,
    seek: () => ({ error: Errors.NotSeekable }),
    poll: (_context, events) => ({ error: 0, ready: (events & PollEvents.Writable) | (unread.length ? events & PollEvents.Readable : 0) }),
    setFlags: () => ({ error: 0 }),
    close: () => ({ error: 0 }),
  };
  const domain = machine.addHandler({ name }, (incoming) => {
    if (terminal && incoming.label === STATE_LABEL) {
      return { status: 0, data: writeTerminalState({ modes: 7, columns: 80, rows: 25, foreground: 0, pending: 0, reserved: 0 }) };
    }
    return dispatchFile(handlers, incoming);
  });
  const output = (): Uint8Array => Buffer.concat(written);
  return { domain, output, text: () => new TextDecoder().decode(output()), feed, failNext: (error) => { failure = error; } };
}
