// Pipes through their interfaces, on the fake machine: what goes in comes out, once, in order, and nobody waits for nothing.

import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FileClient, type FileReadResult, type FileWriteResult } from "../../abi/generated/ts/client/file.ts";
import { PipeClient } from "../../abi/generated/ts/client/pipe.ts";
import { FileFlags, FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { FakeMachine, type Domain, type Snapshot } from "../../lib/testing/fake-machine.ts";
import { good } from "../../lib/testing/files.ts";
import { image } from "../../lib/testing/world.ts";

const { Readable, Writable, HangUp, Error: ErrorEvent } = PollEvents;
let module: WebAssembly.Module;
beforeAll(async () => { module = await image("pipe"); });

const bytes = (length: number, value = 120): Uint8Array => new Uint8Array(length).fill(value);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
/** Part of an endless stream in which every position can be told from its neighbours. */
const pattern = Uint8Array.from({ length: 65536 + 251 }, (_, i) => i % 251);
const stream = (from: number, length: number): Uint8Array => pattern.subarray(from % 251, from % 251 + length);
/** A call's outcome as soon as it has one. */
function follow<T>(promise: Promise<T>): { now(): Promise<T | undefined> } {
  let outcome: T | undefined;
  void promise.then((value) => { outcome = value; });
  return { now: async () => { for (let i = 0; i < 5; i++) await Promise.resolve(); return outcome; } };
}

describe("pipe", () => {
  let machine: FakeMachine, server: Domain, client: Domain, pipe: PipeClient, before: Snapshot;
  beforeEach(async () => {
    machine = new FakeMachine();
    server = await machine.addServer({ name: "pipe", module });
    client = machine.addClient("client");
    pipe = new PipeClient(client.kernel, machine.give(client, server));
    before = machine.snapshot();
  });
  afterEach(() => {
    for (const [slot] of client.table.all()) if (slot !== pipe.cap) client.kernel.capDelete(slot);
    machine.assertNothingLeaked(before);
  });
  const create = (): { reader: FileClient; writer: FileClient } => {
    const { reader, writer } = good(pipe.create());
    return { reader: new FileClient(client.kernel, reader), writer: new FileClient(client.kernel, writer) };
  };
  const close = (end: FileClient): void => { client.kernel.capDelete(end.cap); };

  test("gives what was written, in order", () => {
    const { reader, writer } = create();
    good(writer.write(-1n, new TextEncoder().encode("hello ")));
    good(writer.write(-1n, new TextEncoder().encode("world")));
    expect(text(good(reader.read(-1n, 3)).data)).toBe("hel");
    expect(text(good(reader.read(-1n, 100)).data)).toBe("lo world");
    expect(good(reader.stat()).attributes).toMatchObject({ kind: FileKind.Pipe, size: 0n });
  });

  test("lets a reader wait for data, and readers share it in the order they came", async () => {
    const { reader, writer } = create();
    const [first, second] = [follow(reader.readAsync(-1n, 2)), follow(reader.readAsync(-1n, 100))];
    expect(await first.now()).toBeUndefined();
    good(writer.write(-1n, new TextEncoder().encode("abcde")));
    expect(text(good((await first.now())!).data)).toBe("ab");
    expect(text(good((await second.now())!).data)).toBe("cde");
  });

  test("is at its end when the last writer has gone, and not before", async () => {
    const { reader, writer } = create();
    const copy = new FileClient(client.kernel, client.kernel.capCopy(writer.cap));
    const waiting = follow(reader.readAsync(-1n, 10));
    good(writer.close());
    close(writer);
    expect(await waiting.now()).toBeUndefined();
    good(copy.write(-1n, bytes(1)));
    expect(good((await waiting.now())!).data).toHaveLength(1);
    good(copy.write(-1n, bytes(3)));
    close(copy);
    expect(good(reader.read(-1n, 10)).data).toHaveLength(3);
    expect(good(reader.read(-1n, 10)).data).toHaveLength(0);
    expect(good(reader.read(-1n, 10)).data).toHaveLength(0);
  });

  test("is broken when the last reader has gone, also for who waits to write", async () => {
    const { reader, writer } = create();
    good(writer.write(-1n, bytes(65536)));
    const small = follow(writer.writeAsync(-1n, bytes(10)));
    const large = follow(writer.writeAsync(-1n, bytes(9000)));
    good(reader.read(-1n, 20));
    expect(good((await small.now())!).written).toBe(10);
    expect(await large.now()).toBeUndefined();
    close(reader);
    // Ten bytes of the large one had found room: that is what it has written.
    expect(good((await large.now())!).written).toBe(10);
    expect(writer.write(-1n, bytes(1)).error).toBe(Errors.BrokenPipe);
  });

  test("never mixes or splits writes of up to 4096 bytes", async () => {
    const { reader, writer } = create();
    good(writer.write(-1n, bytes(65536 - 4000, 1)));
    const blocked = follow(writer.writeAsync(-1n, bytes(4096, 2)));
    const behind = follow(writer.writeAsync(-1n, bytes(1, 3)));
    good(reader.read(-1n, 95));
    expect(await blocked.now()).toBeUndefined();
    expect(await behind.now()).toBeUndefined();
    good(reader.read(-1n, 1));
    expect(good((await blocked.now())!).written).toBe(4096);
    expect(await behind.now()).toBeUndefined();
    expect(good(reader.read(-1n, 65536)).data.subarray(-4096)).toEqual(bytes(4096, 2));
    expect(good((await behind.now())!).written).toBe(1);
  });

  test("does not wait where it was told not to", () => {
    const { reader, writer } = create();
    good(reader.setFlags(FileFlags.NonBlocking));
    good(writer.setFlags(FileFlags.NonBlocking));
    expect(reader.read(-1n, 1).error).toBe(Errors.WouldBlock);
    good(writer.write(-1n, bytes(65000)));
    expect(writer.write(-1n, bytes(1000)).error).toBe(Errors.WouldBlock);
    expect(good(writer.write(-1n, bytes(5000))).written).toBe(536);
    expect(writer.write(-1n, bytes(5000)).error).toBe(Errors.WouldBlock);
    expect(good(writer.write(-1n, bytes(0))).written).toBe(0);
    expect(good(reader.read(-1n, 65536)).data).toHaveLength(65536);
  });

  test("knows its ends apart, and that it has no position", () => {
    const { reader, writer } = create();
    expect(reader.write(-1n, bytes(1)).error).toBe(Errors.NoRight);
    expect(writer.read(-1n, 1).error).toBe(Errors.NoRight);
    expect(reader.read(0n, 1).error).toBe(Errors.NotSeekable);
    expect(writer.write(0n, bytes(1)).error).toBe(Errors.NotSeekable);
    expect(reader.seek(0n, 0).error).toBe(Errors.NotSeekable);
    expect(reader.setSize(0n).error).toBe(Errors.NotSupported);
    expect(reader.reopen(1).error).toBe(Errors.NotSupported);
    expect(new FileClient(client.kernel, pipe.cap).read(-1n, 1).error).toBe(Errors.BadHandle);
    expect(new PipeClient(client.kernel, reader.cap).create().error).toBe(Errors.BadHandle);
  });

  test("tells a poller once, when a condition it waits for comes true", () => {
    const { reader, writer } = create();
    const notify = client.kernel.notificationCreate();
    const bits = (): bigint => client.kernel.wait(notify, 0).bits;
    expect(good(reader.poll(Readable, notify, 1n)).ready).toBe(0);
    expect(good(writer.poll(Writable, notify, 2n)).ready).toBe(Writable);
    expect(bits()).toBe(0n);
    good(writer.write(-1n, bytes(65536)));
    expect(bits()).toBe(1n);
    good(reader.read(-1n, 1));
    good(writer.write(-1n, bytes(1)));
    expect(bits()).toBe(0n);
    expect(good(writer.poll(Writable, notify, 4n)).ready).toBe(0);
    good(reader.read(-1n, 4095));
    expect(bits()).toBe(0n);
    good(reader.read(-1n, 1));
    expect(bits()).toBe(4n);
    good(reader.read(-1n, 65536));
    expect(good(reader.poll(Writable, notify, 8n)).ready).toBe(0);
    close(writer);
    expect(bits()).toBe(8n);
    expect(good(reader.poll(Readable, notify, 16n)).ready).toBe(Readable | HangUp);
  });

  test("tells a writer that polls when the reader goes", () => {
    const { reader, writer } = create();
    const notify = client.kernel.notificationCreate();
    good(writer.write(-1n, bytes(65536)));
    for (let i = 0; i < 100; i++) expect(good(writer.poll(Writable, notify, 1n)).ready).toBe(0);
    for (let i = 0; i < 40; i++) good(writer.poll(Writable, client.kernel.notificationCreate(), 1n));
    close(reader);
    expect(client.kernel.wait(notify, 0).bits).toBe(1n);
    expect(good(writer.poll(0, 0, 0n)).ready).toBe(Writable | ErrorEvent);
    expect(writer.poll(1 << 10, 0, 0n).error).toBe(Errors.BadArgument);
  });

  test("loses no data to a reader that was killed while it waited", () => {
    const { reader, writer } = create();
    const doomed = machine.addClient("doomed");
    const slot = doomed.table.insert(client.table.get(reader.cap)!.derive());
    for (let i = 0; i < 300; i++) void new FileClient(doomed.kernel, slot).readAsync(-1n, 100);
    machine.kill(doomed);
    good(writer.write(-1n, bytes(5)));
    expect(good(reader.read(-1n, 100)).data).toHaveLength(5);
  });

  test("forgets a writer that was killed while it waited", async () => {
    const { reader, writer } = create();
    good(writer.write(-1n, bytes(65536, 1)));
    const doomed = machine.addClient("doomed");
    const slot = doomed.table.insert(client.table.get(writer.cap)!.derive());
    void new FileClient(doomed.kernel, slot).writeAsync(-1n, bytes(100, 2));
    const alive = follow(writer.writeAsync(-1n, bytes(100, 3)));
    machine.kill(doomed);
    good(reader.read(-1n, 65536));
    expect(good((await alive.now())!).written).toBe(100);
    expect(good(reader.read(-1n, 65536)).data).toEqual(bytes(100, 3));
  });

  test("runs out of memory without harm", () => {
    const ends: FileClient[] = [];
    for (;;) {
      const made = pipe.create();
      if (made.error) { expect(made.error).toBe(Errors.NoMemory); break; }
      ends.push(new FileClient(client.kernel, made.reader), new FileClient(client.kernel, made.writer));
    }
    expect(ends.length).toBeGreaterThan(500);
    ends.forEach(close);
    create();
  });

  test("passes on every byte once and in order, whoever waits for whom", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("read" as const), length: fc.oneof(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 64 })) }),
      fc.record({ kind: fc.constant("write" as const), length: fc.oneof(fc.integer({ min: 1, max: 65_536 }), fc.integer({ min: 1, max: 4200 })) }),
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const { reader, writer } = create();
      const writes: { length: number; outcome: Promise<FileWriteResult> }[] = [];
      const reads: Promise<FileReadResult>[] = [];
      let sent = 0;
      for (const { kind, length } of steps) {
        if (kind === "read") reads.push(reader.readAsync(-1n, Math.min(length, 65536)));
        else writes.push({ length, outcome: writer.writeAsync(-1n, stream(sent, length)) });
        sent += kind === "write" ? length : 0;
      }
      // Drain it, then close: all that still wait are answered.
      while (good(reader.stat()).attributes.size > 0n) reads.push(reader.readAsync(-1n, 65536));
      close(writer);
      let received = 0;
      for (const result of await Promise.all(reads)) {
        const { data } = good(result);
        expect(Buffer.compare(data, stream(received, data.length)), `bytes from ${received} on`).toBe(0);
        received += data.length;
      }
      for (const { length, outcome } of writes) expect(good(await outcome).written).toBe(length);
      expect(received).toBe(sent);
      close(reader);
    }), { numRuns: 150 });
  });
});
