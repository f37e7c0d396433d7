import { beforeEach, describe, expect, it } from "vitest";
import { ProcessClient } from "../../abi/generated/ts/client/process.ts";
import { ProcessState, Signal, SpawnFlags } from "../../abi/generated/ts/enums.ts";
import {
  DESCRIPTOR_DIRECTORY, DESCRIPTOR_PROGRAM, DESCRIPTOR_ROOT, DESCRIPTOR_SYSTEM, FAULT_EXIT, FAULT_MISSING_IMPORT, FAULT_TRAP, FRAME_SIZE, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, SLOT_NAMES, SLOT_ROOT, SLOT_SELF, SLOT_SYSTEM,
} from "../../abi/layout/limits.ts";
import { decodeRows, type ProcessRow } from "../../lib/ts/process-records.ts";
import { errorNumber, failure } from "../../lib/ts/status.ts";
import { decodeStrings, encodeStrings } from "../../lib/ts/text.ts";
import { Harness, IMAGES, MODULE } from "./testing.ts";
import { MAX_CHILDREN } from "./process-table.ts";

let h: Harness;
let before: ReturnType<Harness["machine"]["counts"]>;

/** Counts once the server has looked up what it keeps (the VFS). */
const settle = (): void => {
  h.run();
  h.machine.end(domainOf(0), FAULT_EXIT, 0);
  h.wait(h.process, 0);
  h.started.length = 0;
  before = h.machine.counts();
};
const domainOf = (index: number): Harness["kernel"]["domain"] => (h.started[index]!.kernel as Harness["kernel"]).domain;
const rows = (): ProcessRow[] => { const list = h.process.list(0); return list.error ? [] : decodeRows(list.rows); };
const stateOf = (pid: number): number | undefined => rows().find((row) => row.pid === pid)?.state;

beforeEach(() => { h = new Harness(); settle(); });

describe("starting a program", () => {
  it("gives a WASI module to the Linux personality, with the slots of a process", () => {
    const child = h.run();
    expect(h.started[0]).toMatchObject({ image: IMAGES.linux, dataspace: MODULE });
    expect([SLOT_NAMES, SLOT_SELF, SLOT_ROOT, SLOT_SYSTEM].map((slot) => child.kernel.capInfo(slot) !== undefined)).toEqual([true, true, true, false]);
    expect(child.kernel.capInfo(SLOT_SELF)?.badge).toBe(child.pid);
    expect(child.kernel.capInfo(SLOT_NAMES)!.rights & 16).toBe(0);
    const startup = child.client.startup();
    expect(startup).toMatchObject({ pid: child.pid, parent: 1, group: child.pid });
    if (!startup.error) expect(decodeStrings(startup.data)).toEqual(["/bin/module", "HOME=/"]);
    expect(child.client.take(DESCRIPTOR_PROGRAM).error).toBe(0);
    expect(child.client.take(DESCRIPTOR_PROGRAM).error).toBe(errorNumber("BadHandle"));
    expect(rows().find((row) => row.pid === child.pid)).toMatchObject({ personality: 1, state: ProcessState.Running, name: "/bin/module" });
  });

  it("runs built-in programs and scripts, rewriting the arguments", () => {
    h.files.file("/bin/sh", "#!grail sh\n", 0o755);
    h.files.file("/bin/script", "#!/bin/sh -e\nls\n", 0o755);
    const child = h.run(h.process, "/bin/script");
    expect(h.started[0]).toMatchObject({ image: IMAGES["native-programs"], dataspace: undefined });
    const startup = child.client.startup();
    expect(startup.error).toBe(0);
    if (!startup.error) {
      expect(decodeStrings(startup.data.subarray(0, startup.argumentsLength))).toEqual(["/bin/sh", "-e", "/bin/script"]);
      expect(decodeStrings(startup.data.subarray(startup.argumentsLength))).toEqual(["HOME=/", "GRAIL_PROGRAM=sh"]);
    }
  });

  it("says why a file cannot be run, and keeps the child for another try or its reason", () => {
    h.files.file("/plain", MODULE, 0o644);
    h.files.directory("/dir");
    h.files.file("/loop", "#!/loop\n", 0o755);
    h.files.file("/text", "echo hello\n", 0o755);
    h.files.file("/cut", MODULE.subarray(0, 6), 0o755);
    h.files.file("/stranger", Uint8Array.of(...MODULE, 2, 11, 1, 3, 101, 110, 118, 3, 102, 111, 111, 0, 0), 0o755);
    const made = h.process.create(0, 0, encodeStrings(["x"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    for (const [path, error] of [["/nowhere", "NotFound"], ["/plain", "AccessDenied"], ["/dir", "IsDirectory"]] as const) {
      expect(h.process.start(pid, path).error).toBe(errorNumber(error));
      expect(stateOf(pid)).toBe(ProcessState.Created);
    }
    h.process.signal(pid, 0, Signal.Kill);
    for (const [path, error, reason] of [["/loop", "BadProgram", "interpreters"], ["/text", "BadProgram", "neither"], ["/cut", "BadProgram", "cut short"], ["/stranger", "MissingImport", "env.foo"]] as const) {
      const parent = h.run();
      const child = parent.client.create(0, 0, encodeStrings([path]), new Uint8Array(0));
      expect(parent.client.start(child.error ? 0 : child.pid, path).error).toBe(errorNumber(error));
      expect(h.wait(parent.client, 0)).toMatchObject({ state: ProcessState.Exited, status: 126, reason: expect.stringContaining(reason) });
      h.process.signal(parent.pid, 0, Signal.Kill);
      h.wait(h.process, parent.pid);
    }
    expect(h.machine.counts()).toEqual({ ...before, dataspaces: before.dataspaces + 5, frames: before.frames + 5, caps: before.caps + 5 });
  });

  it("waits for contents that are on their way, serving others meanwhile", async () => {
    const node = h.files.file("/far", MODULE, 0o755);
    h.files.kernel.dataspaceEvict(node.data, 0, 1);
    node.absent = true;
    const made = h.process.create(0, 0, encodeStrings(["/far"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    const starting = h.process.startAsync(pid, "/far");
    expect(stateOf(pid)).toBe(ProcessState.Starting);
    h.files.kernel.dataspaceWrite(node.data, 0n, MODULE);
    h.files.arrive("/far");
    expect(await starting).toEqual({ error: 0 });
    expect(stateOf(pid)).toBe(ProcessState.Running);
  });

  for (const [cache, room] of [["holds all of it", 100], ["is smaller", 2]] as const) {
    it(`has all of a program in memory before it starts, whether the cache that pages it ${cache} or not`, () => {
      const filler = 5 * FRAME_SIZE, program = new Uint8Array(MODULE.length + 6 + filler);
      // A custom section that is longer than pages: id, size in five bytes of LEB128, a name of length 0.
      program.set([...MODULE, 0, ...[0, 7, 14, 21].map((shift) => filler >>> shift & 127 | 128), 0, 0]);
      const { kernel } = h.files, node = h.files.file("/paged", program, 0o755), pager = kernel.endpointCreate(), present: number[] = [];
      let started = 0;
      h.machine.attach(kernel, pager, ({ reply, words }) => {
        present.push(Number(words[0]));
        if (present.length > room) kernel.dataspaceEvict(node.data, present.shift()!, 1);
        kernel.dataspaceSupply(node.data, words[0]! * BigInt(FRAME_SIZE), program.slice(Number(words[0]) * FRAME_SIZE, (Number(words[0]) + 1) * FRAME_SIZE));
        kernel.reply(reply, { status: 0 });
      });
      kernel.dataspaceSetPager(node.data, pager, 1);
      kernel.dataspaceEvict(node.data, 0, 100);
      const start = h.kernel.domainStart.bind(h.kernel);
      h.kernel.domainStart = (domain, dataspace, image) => {
        started++;
        expect(h.kernel.dataspaceInfo(dataspace)).toMatchObject({ size: BigInt(program.length), present: 6 });
        expect(h.kernel.dataspaceRead(dataspace, 0n, program.length).data).toEqual(program);
        return start(domain, dataspace, image);
      };
      const made = h.process.create(0, 0, encodeStrings(["/paged"]), new Uint8Array(0));
      expect(h.process.start(made.error ? 0 : made.pid, "/paged")).toEqual({ error: 0 });
      expect(started).toBe(1);
    });
  }

  it("answers a start whose child is killed while its program is awaited", async () => {
    const node = h.files.file("/far", MODULE, 0o755);
    h.files.kernel.dataspaceEvict(node.data, 0, 1);
    node.absent = true;
    const parent = h.run();
    const made = parent.client.create(0, 0, encodeStrings(["/far"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    const starting = parent.client.startAsync(pid, "/far");
    expect(parent.client.signal(pid, 0, Signal.Kill).error).toBe(0);
    expect(await starting).toEqual({ error: errorNumber("NoChild") });
    expect(h.wait(parent.client, pid)).toMatchObject({ status: 137 });
  });
});

describe("the end of a process", () => {
  it.each([
    [FAULT_EXIT, 3, "", { status: 3, signal: 0, reason: "" }],
    [FAULT_TRAP, 0, "unreachable", { status: 134, signal: 6, reason: "unreachable" }],
    [FAULT_TRAP, 0, "memory access out of bounds", { status: 139, signal: 11 }],
    [FAULT_MISSING_IMPORT, 0, "imports env.x", { status: 126, reason: "imports env.x" }],
  ])("fault %i, status %i, %j is told as %j", (fault, status, text, told) => {
    const child = h.run();
    h.machine.end(child.kernel.domain, fault, status, text);
    expect(h.wait(h.process, child.pid)).toMatchObject({ pid: child.pid, state: ProcessState.Exited, ...told });
    expect(h.wait(h.process, child.pid)).toBe(failure("NoChild"));
    expect(h.machine.counts()).toEqual(before);
  });

  it("is told to a waiting parent, once, by exit as by signal", async () => {
    const one = h.run(), two = h.run();
    const first = h.process.waitAsync(one.pid, false, true);
    void one.client.exitAsync(300);
    expect(await first).toMatchObject({ error: 0, status: { status: 300 & 255, pid: one.pid } });
    h.machine.kill(two.kernel.domain);
    expect(h.wait(h.process, 0)).toMatchObject({ pid: two.pid, status: 137, signal: 9 });
    expect(h.machine.counts()).toEqual(before);
  });

  it("signals the watch", () => {
    const made = h.process.create(0, 0, encodeStrings(["m"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    const watch = h.init.notificationCreate();
    expect(h.process.give(pid, 259, watch).error).toBe(0);
    h.process.start(pid, "/bin/module");
    h.machine.end(domainOf(0), FAULT_EXIT, 0);
    expect(h.init.wait(watch, 0).bits).toBe(1n);
    h.wait(h.process, pid);
    h.init.capDelete(watch);
    expect(h.machine.counts()).toEqual(before);
  });

  it("passes grandchildren to init, drops unstarted ones, and reaps silently what nobody watches", () => {
    const parent = h.run();
    const child = h.run(parent.client);
    const unstarted = parent.client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0));
    h.machine.end(parent.kernel.domain, FAULT_EXIT, 0);
    expect(rows().map(({ pid, parent: above }) => [pid, above])).toEqual([[1, 0], [parent.pid, 1], [child.pid, 1]]);
    expect(unstarted.error).toBe(0);
    h.machine.end(child.kernel.domain, FAULT_EXIT, 0);
    h.wait(h.process, parent.pid);
    expect(rows().map(({ pid }) => pid)).toEqual([1]);
    expect(h.machine.counts()).toEqual(before);
  });

  it("leaves nothing when the parent dies while it waits, with descriptors given and not taken", () => {
    const parent = h.run();
    const child = h.run(parent.client);
    void parent.client.waitAsync(child.pid, false, true);
    const made = parent.client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0));
    parent.client.give(made.error ? 0 : made.pid, 0, SLOT_ROOT);
    h.machine.kill(parent.kernel.domain);
    h.machine.kill(child.kernel.domain);
    h.wait(h.process, parent.pid);
    expect(h.machine.counts()).toEqual(before);
  });
});

describe("signals", () => {
  it("kill, with 128 + the number", () => {
    const child = h.run();
    expect(h.process.signal(child.pid, 0, Signal.Terminate).error).toBe(0);
    expect(h.wait(h.process, child.pid)).toMatchObject({ status: 143, signal: 15 });
  });

  it("stop and continue, telling a parent that asks for stops", () => {
    const child = h.run();
    h.process.signal(child.pid, 0, Signal.TerminalStop);
    expect(child.kernel.domain.state).toBe("suspended");
    expect(h.wait(h.process, child.pid)).toMatchObject({ pid: 0 });
    expect(h.wait(h.process, child.pid, true)).toMatchObject({ pid: child.pid, state: ProcessState.Stopped, signal: 20 });
    expect(h.wait(h.process, child.pid, true)).toMatchObject({ pid: 0 });
    h.process.signal(child.pid, 0, Signal.Continue);
    expect(child.kernel.domain.state).toBe("running");
  });

  it("reach a group; who handles interrupts is told, the others end", async () => {
    const shell = h.run(h.process, "/bin/module", SpawnFlags.NewGroup | SpawnFlags.HandleInterrupt);
    const job = h.run(shell.client);
    const peer = h.run(shell.client, "/bin/module", 0, job.group);
    expect(h.process.signal(0, job.group, Signal.Interrupt).error).toBe(0);
    expect(h.wait(shell.client, job.pid)).toMatchObject({ status: 130 });
    expect(h.wait(shell.client, peer.pid)).toMatchObject({ status: 130 });
    const told = shell.client.waitSignalAsync();
    h.process.signal(0, shell.group, Signal.Interrupt);
    expect(await told).toEqual({ error: 0, signal: Signal.Interrupt });
    expect(stateOf(shell.pid)).toBe(ProcessState.Running);
  });

  it("are kept for later, and break off a wait", async () => {
    const shell = h.run(h.process, "/bin/module", SpawnFlags.NewGroup | SpawnFlags.HandleInterrupt);
    h.run(shell.client);
    const wait = shell.client.waitAsync(0, false, true);
    h.process.signal(shell.pid, 0, Signal.Interrupt);
    expect(await wait).toEqual({ error: errorNumber("Interrupted") });
    expect(shell.client.waitSignal()).toEqual({ error: 0, signal: Signal.Interrupt });
  });

  it("are not lost when the one who waited for them gave up", async () => {
    const shell = h.run(h.process, "/bin/module", SpawnFlags.NewGroup | SpawnFlags.HandleInterrupt);
    const impatient = new ProcessClient(shell.kernel, SLOT_SELF, 10);
    expect(impatient.waitSignal().error).toBe(errorNumber("Timeout"));
    h.process.signal(shell.pid, 0, Signal.Interrupt);
    expect(shell.client.waitSignal()).toEqual({ error: 0, signal: Signal.Interrupt });
  });

  it("need a common session, or the right to administer", () => {
    const one = h.run(), two = h.run();
    expect(one.client.signal(two.pid, 0, Signal.Kill).error).toBe(errorNumber("NoRight"));
    expect(one.client.signal(1, 0, Signal.Kill).error).toBe(errorNumber("NoRight"));
    expect(one.client.signal(9999, 0, Signal.Kill).error).toBe(errorNumber("NoProcess"));
    expect(one.client.signal(one.pid, 0, Signal.None).error).toBe(0);
  });
});

describe("authority", () => {
  it("inherits System and root from the parent", () => {
    const system = h.machine.grantSystem(h.init);
    const root = h.machine.grant(h.files.kernel, h.files.endpoint, h.init);
    const made = h.process.create(0, 0, encodeStrings(["/bin/module"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    expect(h.process.give(pid, DESCRIPTOR_SYSTEM, system).error).toBe(0);
    expect(h.process.give(pid, DESCRIPTOR_ROOT, root).error).toBe(0);
    h.process.start(pid, "/bin/module");
    const admin = new ProcessClient(h.started[0]!.kernel, SLOT_SELF);
    const child = h.run(admin);
    expect(child.client.system().error).toBe(0);
    expect(child.kernel.capInfo(SLOT_SYSTEM)).toBeDefined();
    expect(child.kernel.capInfo(SLOT_ROOT)!.rights & RIGHT_MANAGE).toBe(RIGHT_MANAGE);
    expect(child.kernel.capInfo(SLOT_NAMES)!.rights & (RIGHT_MANAGE | RIGHT_RECEIVE)).toBe(RIGHT_MANAGE);
    expect(h.run().client.system().error).toBe(errorNumber("NoRight"));
  });

  it("stays with those to whom it was given: a child of init without System may neither mount nor see administrative names", () => {
    const child = h.run();
    for (const slot of [SLOT_ROOT, SLOT_NAMES]) expect(child.kernel.capInfo(slot)!.rights & (RIGHT_MANAGE | RIGHT_RECEIVE)).toBe(0);
    for (const slot of [SLOT_ROOT, SLOT_NAMES]) expect(h.run(child.client).kernel.capInfo(slot)!.rights & (RIGHT_MANAGE | RIGHT_RECEIVE)).toBe(0);
  });

  it("to look at the system only does not make an administrator", () => {
    const system = h.init.capMint(h.machine.grantSystem(h.init), RIGHT_READ | RIGHT_GRANT, 0);
    const made = h.process.create(0, 0, encodeStrings(["/bin/module"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    expect(h.process.give(pid, DESCRIPTOR_SYSTEM, system).error).toBe(0);
    h.process.start(pid, "/bin/module");
    const looker = h.started[0]!.kernel;
    expect(looker.capInfo(SLOT_SYSTEM)).toBeDefined();
    expect(looker.capInfo(SLOT_NAMES)!.rights & RIGHT_MANAGE).toBe(0);
  });

  it("treats the public capability as nobody", () => {
    const stranger = h.machine.domain("stranger");
    const client = new ProcessClient(stranger, h.publicCap(stranger));
    expect(client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0)).error).toBe(errorNumber("NoRight"));
    expect(client.exit(0).error).toBe(errorNumber("NoRight"));
    expect(client.list(0).error).toBe(0);
  });

  it("takes working directories only from the VFS, and only children of one's own", () => {
    const child = h.run();
    const made = child.client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0));
    const pid = made.error ? 0 : made.pid;
    const mine = child.kernel.endpointCreate();
    expect(child.client.give(pid, DESCRIPTOR_DIRECTORY, mine).error).toBe(errorNumber("BadArgument"));
    expect(child.client.give(pid, 3, mine).error).toBe(0);
    expect(child.client.give(child.pid, 3, mine).error).toBe(errorNumber("NoChild"));
    expect(h.process.start(pid, "/bin/module").error).toBe(errorNumber("NoChild"));
  });

  it("limits children, arguments and domains", () => {
    const child = h.run();
    expect(child.client.create(0, 0, new Uint8Array(65536), new Uint8Array(0)).error).toBe(errorNumber("TooLong"));
    for (let count = 0; count < MAX_CHILDREN; count++) expect(child.client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0)).error).toBe(0);
    expect(child.client.create(0, 0, encodeStrings(["x"]), new Uint8Array(0)).error).toBe(errorNumber("TryAgain"));
    h.machine.domainLimit = h.machine.counts().domains;
    const made = h.process.create(0, 0, encodeStrings(["x"]), new Uint8Array(0));
    expect(h.process.start(made.error ? 0 : made.pid, "/bin/module").error).toBe(errorNumber("TryAgain"));
  });
});
