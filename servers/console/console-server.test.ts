import { beforeEach, describe, expect, it } from "vitest";
import { ConsoleClient } from "../../abi/generated/ts/client/console.ts";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { TerminalClient } from "../../abi/generated/ts/client/terminal.ts";
import { FileFlags, PollEvents, Signal, TerminalModes } from "../../abi/generated/ts/enums.ts";
import { dispatchProcess, type ProcessHandlers } from "../../abi/generated/ts/server/process.ts";
import { RIGHT_ALL, SLOT_SELF } from "../../abi/layout/limits.ts";
import { OUTPUT_WINDOW, type FromPage, type ToPage } from "../../lib/ts/devices.ts";
import { Events } from "../../lib/ts/events.ts";
import { handle } from "../../lib/ts/serve.ts";
import { serveAsync } from "../../lib/ts/serve-async.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import { decodeText, encodeText } from "../../lib/ts/text.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { ConsoleServer } from "./console-server.ts";

let machine: FakeMachine, kernel: FakeKernel, server: ConsoleServer, init: FakeKernel, console_: ConsoleClient;
let program: FakeKernel, file: FileClient, terminal: TerminalClient;
let sent: ToPage[], signals: string[];

const page = (message: FromPage): void => server.fromPage(message);
const type = (text: string, number = 0): void => page({ terminal: number, kind: "input", data: encodeText(text) });
const shown = (): string => sent.map((message) => message.kind === "output" ? decodeText(message.data) : `[exit ${message.status}]`).join("");
const textOf = (result: Awaited<ReturnType<FileClient["readAsync"]>>): string | number => result.error || decodeText((result as { data: Uint8Array }).data);

beforeEach(() => {
  machine = new FakeMachine();
  kernel = machine.domain("console");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  sent = [];
  signals = [];
  server = new ConsoleServer(kernel, (message) => sent.push(message));
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, server, incoming));
  init = machine.domain("init");
  console_ = new ConsoleClient(init, machine.grant(kernel, SLOT_SELF, init));
  const processes = machine.domain("process"), endpoint = processes.endpointCreate();
  machine.attach(processes, endpoint, (incoming) => {
    const handlers = { signal: (_context: unknown, pid: number, group: number, signal: number) => { signals.push(`${pid}:${group}:${signal}`); return { error: 0 }; } } as unknown as ProcessHandlers;
    const outcome = dispatchProcess(handlers, incoming);
    if (outcome !== "deferred") processes.reply(incoming.reply, outcome);
  });
  const process = machine.grant(processes, endpoint, init);
  console_.setProcess(process);
  init.capDelete(process);
  const opened = console_.open(0);
  if (opened.error) throw new Error("open");
  program = machine.domain("program");
  const cap = machine.grant(init, opened.terminal, program);
  init.capDelete(opened.terminal);
  file = new FileClient(program, cap);
  terminal = new TerminalClient(program, cap);
  page({ terminal: 0, kind: "open", profile: "shell" });
});

describe("a terminal", () => {
  it("reads lines, at once or when they come, in order", async () => {
    type("one\rtwo\r");
    expect(textOf(file.read(-1n))).toBe("one\n");
    expect(textOf(file.read(-1n))).toBe("two\n");
    const first = file.readAsync(-1n), second = file.readAsync(-1n);
    type("three\rfour\r");
    expect([textOf(await first), textOf(await second)]).toEqual(["three\n", "four\n"]);
    expect(shown()).toBe("one\r\ntwo\r\nthree\r\nfour\r\n");
  });

  it("writes through the line discipline", () => {
    expect(file.write(-1n, encodeText("a\nb"))).toEqual({ error: 0, written: 3, size: 0n });
    expect(shown()).toBe("a\r\nb");
  });

  it("does not wait when told not to", () => {
    file.setFlags(FileFlags.NonBlocking);
    expect(file.read(-1n).error).toBe(errorNumber("WouldBlock"));
  });

  it("keeps what a dead reader would have read", async () => {
    const dying = machine.domain("dying");
    const cap = machine.grant(program, file.cap, dying);
    void new FileClient(dying, cap).readAsync(-1n);
    machine.kill(dying.domain);
    type("mine\r");
    expect(textOf(file.read(-1n))).toBe("mine\n");
  });

  it("goes raw and tells its state", () => {
    terminal.setModes(TerminalModes.Signals, false);
    type("x");
    expect(textOf(file.read(-1n))).toBe("x");
    page({ terminal: 0, kind: "resize", columns: 132, rows: 50 });
    expect(terminal.state()).toMatchObject({ state: { modes: TerminalModes.Signals, columns: 132, rows: 50, pending: 0 } });
  });

  it("is no file of the console, and the console no terminal", () => {
    expect(new ConsoleClient(program, file.cap).open(0).error).toBe(errorNumber("BadMethod"));
    expect(new FileClient(init, console_.cap).stat().error).toBe(errorNumber("BadMethod"));
    expect(file.seek(0n, 0).error).toBe(errorNumber("NotSeekable"));
  });
});

describe("signal keys", () => {
  it("go to the foreground group and break reads off", async () => {
    terminal.setForeground(7);
    const reading = file.readAsync(-1n);
    type("abc\x03");
    expect((await reading).error).toBe(errorNumber("Interrupted"));
    type("\x1a\x1c");
    expect(signals).toEqual([`0:7:${Signal.Interrupt}`, `0:7:${Signal.TerminalStop}`, `0:7:${Signal.Quit}`]);
  });
  it("go nowhere without a foreground group", () => { type("\x03"); expect(signals).toEqual([]); });
});

describe("poll", () => {
  it("says what holds, and signals once it does", () => {
    const notification = program.notificationCreate();
    expect(file.poll(PollEvents.Readable | PollEvents.Writable, notification, 1n)).toEqual({ error: 0, ready: PollEvents.Writable });
    expect(file.poll(PollEvents.Readable, notification, 4n)).toEqual({ error: 0, ready: 0 });
    expect(program.wait(notification, 0).bits).toBe(0n);
    type("x\r");
    expect(program.wait(notification, 0).bits).toBe(4n);
    expect(file.poll(PollEvents.Readable, 0, 0n)).toEqual({ error: 0, ready: PollEvents.Readable });
  });
});

describe("output", () => {
  it("waits for the page to draw", async () => {
    const block = new Uint8Array(65536).fill(0x78);
    for (let count = 0; count < OUTPUT_WINDOW / 65536; count++) expect(file.write(-1n, block).error).toBe(0);
    const waiting = file.writeAsync(-1n, encodeText("late"));
    const before = sent.length;
    expect(file.poll(PollEvents.Writable, 0, 0n)).toEqual({ error: 0, ready: 0 });
    page({ terminal: 0, kind: "consumed", bytes: 65536 });
    expect(await waiting).toEqual({ error: 0, written: 4, size: 0n });
    expect(sent.length).toBe(before + 1);
  });
});

describe("the page", () => {
  it("is told of the end of a program, and tells init what it opens", () => {
    const notification = init.notificationCreate();
    expect(console_.watch(notification).error).toBe(0);
    expect(init.wait(notification, 0).bits).toBe(1n);
    page({ terminal: 5, kind: "open", profile: "python" });
    expect(init.wait(notification, 0).bits).toBe(32n);
    const profile = console_.profile(5);
    expect(profile.error ? "" : decodeText(profile.profile)).toBe("python");
    expect(console_.profile(6).error).toBe(errorNumber("NotFound"));
    console_.ended(5, 3);
    expect(sent).toEqual([{ terminal: 5, kind: "exit", status: 3 }]);
    // Nobody asked for another program until the page does: a signal that means something else must not start one.
    expect(console_.profile(5).error).toBe(errorNumber("NotFound"));
    page({ terminal: 5, kind: "open" });
    expect(console_.profile(5).error).toBe(0);
  });

  it("hangs up by closing: end of file, failing writes, HangUp to the foreground", async () => {
    terminal.setForeground(9);
    const reading = file.readAsync(-1n);
    page({ terminal: 0, kind: "close" });
    expect(textOf(await reading)).toBe("");
    expect(file.write(-1n, encodeText("x")).error).toBe(errorNumber("Io"));
    expect(file.poll(PollEvents.Readable, 0, 0n)).toMatchObject({ ready: PollEvents.Readable | PollEvents.HangUp });
    expect(signals).toEqual([`0:9:${Signal.HangUp}`]);
    page({ terminal: 0, kind: "open" });
    expect(file.write(-1n, encodeText("x")).error).toBe(0);
  });

  it("tells who waits for a new size, and the foreground", async () => {
    terminal.setForeground(4);
    const resized = terminal.waitResizeAsync(80, 24);
    page({ terminal: 0, kind: "resize", columns: 80, rows: 24 });
    page({ terminal: 0, kind: "resize", columns: 100, rows: 30 });
    expect(await resized).toEqual({ error: 0, columns: 100, rows: 30 });
    expect(signals).toEqual([`0:4:${Signal.WindowChange}`]);
  });
});

describe("authority and robustness", () => {
  it("gives terminals only to those who may manage", () => {
    const stranger = machine.domain("stranger");
    const client = new ConsoleClient(stranger, machine.grant(kernel, SLOT_SELF, stranger, RIGHT_ALL & ~16));
    for (const result of [client.open(0), client.setProcess(stranger.notificationCreate()), client.watch(stranger.notificationCreate()), client.ended(0, 0)]) expect(result.error).toBe(errorNumber("NoRight"));
    expect(console_.open(63).error).toBe(errorNumber("TooManyOpen"));
  });

  it("leaves nothing behind", async () => {
    const before = machine.counts();
    const reading = file.readAsync(-1n), notification = program.notificationCreate();
    file.poll(PollEvents.Readable, notification, 1n);
    type("a\r");
    await reading;
    type("b\r");
    file.read(-1n);
    program.capDelete(notification);
    page({ terminal: 0, kind: "close" });
    expect(machine.counts()).toEqual(before);
  });

  it("survives any message, and any page", () => {
    for (let number = 0; number < 8; number++) page({ terminal: number, kind: "open" });
    fuzzDispatch(kernel, server, [0x20, 0x30, 0x31], 300, () => {
      type("x\x03\r\x04");
      page({ terminal: 1, kind: "consumed", bytes: 1e9 });
      page({ terminal: -1, kind: "open" });
      page({ terminal: 1e6, kind: "resize", columns: NaN, rows: -5 });
    });
  });
});

it("serves from an event loop: what the page sends is handled between messages", async () => {
  const own = machine.domain("console");
  own.capMove(own.endpointCreate(), SLOT_SELF);
  const events = new Events(own);
  const looping = new ConsoleServer(own, (message) => sent.push(message), events);
  let stopped = false;
  const loop = serveAsync(own, looping, SLOT_SELF, () => stopped);
  const opened = await new ConsoleClient(init, machine.grant(own, SLOT_SELF, init)).openAsync(1);
  const reading = new FileClient(init, opened.error ? 0 : opened.terminal).readAsync(-1n);
  events.post(() => looping.fromPage({ terminal: 1, kind: "input", data: encodeText("hello\r") }));
  expect(textOf(await reading)).toBe("hello\n");
  stopped = true;
  events.post(() => {});
  await loop;
});
