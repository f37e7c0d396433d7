import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { NamesClient } from "../../../abi/generated/ts/client/names.ts";
import { dispatchConsole, type ConsoleHandlers } from "../../../abi/generated/ts/server/console.ts";
import { dispatchProcess, type ProcessHandlers } from "../../../abi/generated/ts/server/process.ts";
import { dispatchTerminal, type TerminalHandlers } from "../../../abi/generated/ts/server/terminal.ts";
import { dispatchFile, type FileHandlers } from "../../../abi/generated/ts/server/file.ts";
import type { CallContext } from "../../../abi/generated/ts/message.ts";
import { ProcessState, Signal } from "../../../abi/generated/ts/enums.ts";
import { FAULT_TRAP, LABEL_SIGNAL, RIGHT_ALL, RIGHT_MANAGE, RIGHT_RECEIVE, SLOT_NAMES, SLOT_ROOT, SLOT_SELF, SLOT_SYSTEM } from "../../../abi/layout/limits.ts";
import { Custody } from "../../../lib/ts/custody.ts";
import { Log } from "../../../lib/ts/log.ts";
import { handle } from "../../../lib/ts/serve.ts";
import { errorNumber, refuse } from "../../../lib/ts/status.ts";
import { decodeStrings, decodeText, encodeText } from "../../../lib/ts/text.ts";
import { FakeFiles } from "../../../lib/ts/testing/fake-files.ts";
import type { FakeKernel } from "../../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../../lib/ts/testing/fake-machine.ts";
import { FakeNames } from "../../../lib/ts/testing/fake-names.ts";
import { rootBadge } from "../../../lib/ts/linked.ts";
import { readManifest } from "../manifest/manifest.ts";
import { Init } from "./init.ts";

const NAMES = ["names", "vfs", "tmpfs", "webfs", "devfs", "pipe", "process", "console", "clock", "random", "courier", "disk-ram", "disk-opfs", "disk-idb", "disk-http", "disk-overlay", "cache", "ext2", "fat", "sysfs"];
const ALL_IMAGES = [...NAMES, "vfs+tmpfs", "pipe+random"];
const IMAGES = Object.fromEntries(ALL_IMAGES.map((name, index) => [name, index + 1]));
const DEFAULT = readFileSync(new URL("../boot.yaml", import.meta.url), "utf8");

/** The same with every server started at once. */
const EAGER = DEFAULT.replaceAll("    start: demand\n", "");

let machine: FakeMachine, kernel: FakeKernel, init: Init, names: FakeNames, files: FakeFiles;
/** What the process and the console server were asked, as text. */
let asked: string[];
let watcher: { kernel: FakeKernel; slot: number } | undefined, startError: number, ended: { pid: number; status: number }[];
const profiles = new Map<number, string>();
const domains = new Map<string, FakeKernel>();

function serveProcess(own: FakeKernel): void {
  const custody = new Custody(own);
  let last = 10;
  const handlers = {
    create: (context: CallContext, flags: number, _group: number, given: Uint8Array, environment: Uint8Array) => {
      asked.push(`create ${flags} ${decodeStrings(given).join(" ")} as ${context.badge}/${context.rights & 16}`, `environment ${decodeStrings(environment).filter((each) => /^(HOME|PWD)=/.test(each)).join(" ")}`);
      return { error: 0, pid: ++last, group: last };
    },
    give: (_context: CallContext, pid: number, descriptor: number) => { asked.push(`give ${pid} ${descriptor}`); return { error: 0 }; },
    start: (_context: CallContext, pid: number, path: string) => { asked.push(`start ${pid} ${path}`); return startError ? { error: startError } : { error: 0 }; },
    wait: (_context: CallContext, pid: number) => {
      const one = pid ? { pid, status: 137 } : ended.shift();
      return { error: 0, status: { pid: one?.pid ?? 0, state: ProcessState.Exited, status: one?.status ?? 0, signal: 0, reasonLength: 0, reserved: 0 } };
    },
    signal: (_context: CallContext, pid: number, group: number, signal: number) => { asked.push(`signal ${pid} ${group} ${signal}`); return { error: 0 }; },
  } as unknown as ProcessHandlers;
  machine.attach(own, SLOT_SELF, (incoming) => handle(own, { custody, dispatch: (each) => dispatchProcess(handlers, each) }, incoming));
}

function serveConsole(own: FakeKernel): void {
  const custody = new Custody(own);
  const consoles = {
    open: (_context: CallContext, number: number) => ({ error: 0, terminal: own.capMint(SLOT_SELF, RIGHT_ALL & ~8, number + 1) }),
    setProcess: () => { asked.push("setProcess"); return { error: 0 }; },
    watch: (_context: CallContext, slot: number) => { watcher = { kernel: own, slot: custody.keep(slot) }; return { error: 0 }; },
    profile: (_context: CallContext, number: number) => profiles.has(number) ? { error: 0, profile: encodeText(profiles.get(number)!) } : refuse("NotFound"),
    ended: (_context: CallContext, number: number, status: number) => { asked.push(`ended ${number} ${status}`); return { error: 0 }; },
  } as unknown as ConsoleHandlers;
  const terminals = { setForeground: (context: CallContext, group: number) => { asked.push(`foreground ${context.badge - 1} ${group}`); return { error: 0 }; } } as unknown as TerminalHandlers;
  const open = { write: (context: CallContext, _position: bigint, data: Uint8Array) => { asked.push(`write ${context.badge - 1} ${decodeText(data).trim()}`); return { error: 0, written: data.length, size: 0n }; } } as unknown as FileHandlers;
  machine.attach(own, SLOT_SELF, (incoming) => handle(own, {
    custody,
    dispatch: (each) => each.badge === 0 ? dispatchConsole(consoles, each) : each.label >>> 8 === 0x30 ? dispatchTerminal(terminals, each) : dispatchFile(open, each),
  }, incoming));
}

/** Any server that only has to be there. */
function serveNothing(own: FakeKernel): void { machine.attach(own, SLOT_SELF, (incoming) => { own.reply(incoming.reply, { status: -4 }); }); }

function boot(source = DEFAULT): void {
  init = new Init(kernel, readManifest(source, new Set(Object.keys(IMAGES))), IMAGES, new Log(kernel, "init"));
  machine.attach(kernel, init.endpoint, (incoming) => init.handle(incoming));
  init.boot();
}
const tell = (terminal: number): void => { watcher!.kernel.signal(watcher!.slot, 1n << BigInt(terminal)); };
const domainNamed = (name: string): FakeKernel => domains.get(name)!;

beforeEach(() => {
  machine = new FakeMachine();
  asked = [];
  ended = [];
  startError = 0;
  watcher = undefined;
  profiles.clear();
  domains.clear();
  machine.onStart = ({ kernel: started, image }) => {
    const own = started as FakeKernel, name = ALL_IMAGES[image - 1]!;
    domains.set(name, own);
    if (name === "names") names = new FakeNames(machine, own, SLOT_SELF);
    else if (name === "vfs" || name === "vfs+tmpfs") { files = new FakeFiles(machine, own, SLOT_SELF); files.directory("/home/user"); }
    else if (name === "process") serveProcess(own);
    else if (name === "console") serveConsole(own);
    else serveNothing(own);
  };
  kernel = machine.domain("init");
  machine.grantSystem(kernel, SLOT_SYSTEM);
});

describe("booting", () => {
  it("gives each server its slots, name and placement, and publishes the public ones", () => {
    boot(EAGER);
    for (const name of NAMES) expect(domainNamed(name).capInfo(SLOT_SELF)!.rights, name).toBe(RIGHT_ALL);
    const administer = NAMES.filter((name) => domainNamed(name).capInfo(SLOT_SYSTEM));
    expect(administer).toEqual(["process", "courier", "sysfs"]);
    // Only those may look up administrative names, and nobody but init may publish.
    for (const name of NAMES.slice(1)) expect(domainNamed(name).capInfo(SLOT_NAMES)!.rights & (RIGHT_MANAGE | RIGHT_RECEIVE), name).toBe(administer.includes(name) ? RIGHT_MANAGE : 0);
    expect(NAMES.filter((name) => domainNamed(name).domain.placement === "inline")).toEqual(["names", "vfs", "tmpfs", "pipe", "cache", "ext2", "fat"]);
    expect([...names.bindings.keys()]).toEqual(["vfs", "pipe", "process", "console", "clock", "random"]);
    for (const slot of names.bindings.values()) expect(names.kernel.capInfo(slot)!.rights & (RIGHT_RECEIVE | RIGHT_MANAGE)).toBe(0);
    expect([...names.administrative.keys()]).toEqual([...NAMES.slice(1), "mount-table"]);
    for (const [name, slot] of names.administrative) if (name !== "mount-table") expect(names.kernel.capInfo(slot)!.rights & (RIGHT_RECEIVE | RIGHT_MANAGE)).toBe(RIGHT_MANAGE);
    expect(machine.domains.map((domain) => domain.name)).toEqual(["init", ...NAMES]);
  });

  it("mounts, and writes directories, links and files", () => {
    boot();
    expect(files.mounted).toEqual(["tmpfs / 0", "webfs /usr 1", "devfs /dev 0"]);
    expect(files.nodes.get("/bin")!.link).toBe("usr/bin");
    expect(files.text("/etc/hostname")).toBe("grail\n");
    expect(files.openCount).toBe(0);
    expect(machine.logged.filter((line) => line.includes("warning"))).toEqual([]);
  });

  it("hands arguments over in a Dataspace", () => {
    boot(EAGER.replace("- name: clock", "- name: clock\n    arguments: { speed: 2, label: a=b }"));
    expect(decodeText(domainNamed("clock").dataspaceRead(SLOT_ROOT, 0n, 1000).data)).toBe("speed=2\nlabel=a=b\n");
  });

  it("goes on when something cannot be written, saying so", () => {
    boot(DEFAULT.replace("path: /bin,", "path: /tmp,"));
    expect(machine.logged.join("\n")).toContain("warning: link /tmp: Exists");
    expect(asked).toContain("setProcess");
  });
});

describe("mounts of disks", () => {
  const DISKS = DEFAULT.replace("server: devfs }\n", `server: devfs }
  - { path: /mnt/a, disk: ram:a, type: ext2, create: 16 MiB, protocol: 3 }
  - { path: /mnt/b, disk: overlay:b, from: "opfs:home", read-only: true }
`);
  /** A process has ended, and the process server says so. */
  const end = (pid: number, status: number): void => { ended.push({ pid, status }); init.handle({ status: 0, rights: 0, label: LABEL_SIGNAL, badge: 0, words: [1n], caps: [], ranges: [], room: 0, reply: 0 }); };

  it("are made by a program each, one after another, before terminals are served", () => {
    boot(DISKS);
    expect(asked.filter((each) => /^(create|start|setProcess)/.test(each))).toEqual(["create 1 mount -t ext2 -o rw,protocol=3 -c 16777216 -- ram:a /mnt/a as 0/16", "start 11 /bin/mount"]);
    // It administers, as the shell of an administrator does.
    expect(asked.filter((each) => each.startsWith("give 11"))).toEqual(["give 11 0", "give 11 1", "give 11 2", "give 11 259", "give 11 256", "give 11 258", "give 11 257"]);
    expect(files.nodes.has("/mnt/a")).toBe(true);
    expect(init.patience).toBeGreaterThan(0);
    end(11, 0);
    expect(asked.at(-1)).toBe("start 12 /bin/mount");
    expect(asked).toContain("create 1 mount -t auto -o ro,protocol=2 -c opfs:home -- overlay:b /mnt/b as 0/16");
    expect(watcher).toBeUndefined();
    end(12, 32);
    expect(watcher).toBeDefined();
    expect(init.patience).toBe(-1);
    expect(machine.logged.filter((line) => line.includes("/mnt"))).toEqual([expect.stringContaining("mounted ram:a on /mnt/a"), expect.stringContaining("warning: mount overlay:b on /mnt/b: /bin/mount ended with status 32")]);
    expect(files.openCount).toBe(0);
  });

  it("that take long do not keep terminals waiting for ever, and go on", () => {
    boot(DISKS);
    init.lostPatience();
    expect(watcher).toBeDefined();
    expect(machine.logged.at(-1)).toContain("warning: mount ram:a on /mnt/a: this takes long");
    ended.push({ pid: 11, status: 0 });
    tell(0);
    expect(asked.at(-1)).toBe("start 12 /bin/mount");
    ended.push({ pid: 12, status: 0 });
    tell(0);
    expect(machine.logged.join("\n")).toContain("mounted overlay:b on /mnt/b");
    expect(files.openCount).toBe(0);
  });

  it("that cannot be begun are said, and the rest boots", () => {
    startError = errorNumber("NotFound");
    boot(DISKS);
    expect(machine.logged.filter((line) => line.includes("warning"))).toEqual([expect.stringContaining("mount ram:a on /mnt/a: /bin/mount cannot be run: NotFound"), expect.stringContaining("mount overlay:b on /mnt/b: /bin/mount cannot be run: NotFound")]);
    expect(asked.filter((each) => each.startsWith("signal"))).toEqual(["signal 11 0 9", "signal 12 0 9"]);
    expect(watcher).toBeDefined();
    expect(files.openCount).toBe(0);
  });
});

describe("linked servers", () => {
  const LINKED = EAGER.replace("- name: tmpfs\n    placement: inline", "- name: tmpfs\n    placement: linked\n    with: vfs");
  it("are one domain, in which each is called by a badge of its own", () => {
    boot(LINKED);
    expect([...domains.keys()]).toEqual(["names", "vfs+tmpfs", ...NAMES.slice(3)]);
    const { domain } = domainNamed("vfs+tmpfs");
    expect(domain).toMatchObject({ name: "vfs+tmpfs", placement: "inline" });
    expect(files.mounted).toEqual(["tmpfs / 0", "webfs /usr 1", "devfs /dev 0", "sysfs /sys 1"]);
    expect(machine.logged.filter((line) => line.includes("warning"))).toEqual([]);
    const badge = (name: string): number => names.kernel.capInfo(names.bindings.get(name)!)!.badge >>> 0;
    expect([badge("vfs"), badge("clock")]).toEqual([0, 0]);
    expect(rootBadge(1, 2) >>> 0).toBe(2 ** 31);
  });

  it("have the capabilities and the memory of all of them together", () => {
    boot(LINKED);
    const { capQuota, frameQuota } = domainNamed("vfs+tmpfs").domain;
    expect([capQuota, frameQuota]).toEqual([16384 + 16384, (64 + 256) * 256]);
  });

  it("die together", () => {
    boot(LINKED);
    machine.end(domainNamed("vfs+tmpfs").domain, FAULT_TRAP, 134, "unreachable");
    expect(machine.logged.slice(-2)).toEqual([expect.stringContaining("server vfs is gone: unreachable"), expect.stringContaining("server tmpfs is gone: unreachable")]);
    expect(names.bindings.has("vfs")).toBe(false);
    expect(names.bindings.has("clock")).toBe(true);
  });

  it("may come with arguments, which all of them find", () => {
    boot(LINKED.replace("with: vfs", "with: vfs\n    arguments: { size: 3 }").replace("- name: vfs", "- name: vfs\n    arguments: { depth: 2 }"));
    expect(decodeText(domainNamed("vfs+tmpfs").dataspaceRead(SLOT_ROOT, 0n, 1000).data)).toBe("depth=2\nsize=3\n");
  });
});

describe("sessions", () => {
  it("start the program of the profile that the page asked for", () => {
    boot();
    profiles.set(3, "python");
    tell(3);
    expect(asked).toEqual(["setProcess", "create 3 sh -c exec python3 as 0/16", "environment HOME=/home/user PWD=/home/user",
      "give 11 0", "give 11 1", "give 11 2", "give 11 259", "give 11 256", "foreground 3 11", "start 11 /bin/sh"]);
  });

  it("may administer if the profile says so, and fall back to the default profile", () => {
    boot();
    profiles.set(0, "unknown");
    tell(0);
    expect(asked.filter((each) => /give 11 25[78]/.test(each))).toEqual(["give 11 258", "give 11 257"]);
    expect(asked.at(-1)).toBe("start 11 /bin/sh");
  });

  it("end with a word to the page, and are started again when it asks", () => {
    boot();
    profiles.set(2, "");
    tell(2);
    tell(2);
    expect(asked.filter((each) => each.startsWith("start"))).toEqual(["start 11 /bin/sh"]);
    ended.push({ pid: 99, status: 1 }, { pid: 11, status: 3 });
    tell(0);
    expect(asked.at(-1)).toBe("ended 2 3");
    tell(2);
    expect(asked.at(-1)).toBe("start 12 /bin/sh");
  });

  it("are hung up when the page closes the terminal", () => {
    boot();
    profiles.set(2, "");
    tell(2);
    profiles.delete(2);
    tell(2);
    expect(asked.slice(-2)).toEqual([`signal 0 11 ${Signal.HangUp}`, `signal 0 11 ${Signal.Continue}`]);
  });

  it("that cannot be started say so on the terminal and leave no process", () => {
    boot();
    // With the first word from a terminal come the late mounts.
    tell(5);
    const before = machine.counts();
    startError = errorNumber("NotFound");
    profiles.set(1, "");
    tell(1);
    expect(asked.slice(-3)).toEqual(["signal 11 0 9", "write 1 /bin/sh: the name does not exist", "ended 1 127"]);
    expect(machine.counts()).toEqual(before);
  });
});

describe("a server with start: demand", () => {
  const client = (): { client: FakeKernel; lookup: (name: string) => number } => {
    const client = machine.domain("client");
    names.introduce(client, true);
    return { client, lookup: (name) => { const found = new NamesClient(client, SLOT_NAMES).lookup(false, name); if (found.error) throw new Error(name); names.tellWatchers(); return found.object; } };
  };

  it("has its name and no domain until somebody looks it up, and is placed then", () => {
    boot();
    expect(domains.has("pipe") || domains.has("random")).toBe(false);
    expect([...names.administrative.keys()]).toEqual([...NAMES.slice(1), "mount-table"]);
    const { client: own, lookup } = client();
    const slot = lookup("pipe");
    expect(domainNamed("pipe").domain.placement).toBe("inline");
    expect(domains.has("random")).toBe(false);
    expect(own.call(slot, 0x9999).status).toBe(-4);
    for (let time = 0; time < 3; time++) lookup("pipe");
    expect(machine.domains.filter(({ name }) => name === "pipe")).toHaveLength(1);
  });

  it("is withdrawn if it cannot be started", () => {
    boot(DEFAULT.replace("- name: random", "- name: random\n    capabilities: 16"));
    const failing = kernel.domainCreate.bind(kernel);
    kernel.domainCreate = (caps, ...rest) => caps === 16 ? -32 : failing(caps, ...rest);
    client().lookup("random");
    expect(domains.has("random")).toBe(false);
    expect(names.bindings.has("random") || names.administrative.has("random")).toBe(false);
    expect(machine.logged.at(-1)).toContain("cannot make the server random");
  });

  it("is started with those that it is linked with, whichever of them is looked up", () => {
    boot(DEFAULT.replace("- name: random\n", "- name: random\n    placement: linked\n    with: pipe\n"));
    expect([...domains.keys()].some((name) => name.includes("pipe"))).toBe(false);
    const { client: own, lookup } = client(), slot = lookup("random");
    expect(domainNamed("pipe+random").domain.placement).toBe("inline");
    expect(own.capInfo(slot)!.badge >>> 0).toBe(2 ** 31);
    expect(own.capInfo(lookup("pipe"))!.badge).toBe(0);
    expect(machine.domains.filter(({ name }) => name === "pipe+random")).toHaveLength(1);
  });

  it("cannot be one that booting needs", () => {
    const text = (from: string, to: string) => () => boot(DEFAULT.replace(from, to));
    expect(text("- name: console", "- name: console\n    start: demand")).toThrow(/`console` is needed to boot/);
    expect(text("- name: tmpfs", "- name: tmpfs\n    start: demand")).toThrow(/`tmpfs` is needed to boot/);
  });

  it("is started for its mount when the first session is under way", () => {
    boot(DEFAULT.replace("- name: devfs", "- name: devfs\n    start: demand"));
    expect(files.mounted).toEqual(["tmpfs / 0", "webfs /usr 1"]);
    profiles.set(0, "");
    tell(0);
    expect(asked.at(-1)).toBe("start 11 /bin/sh");
    expect(files.mounted).toEqual(["tmpfs / 0", "webfs /usr 1", "devfs /dev 0", "sysfs /sys 1"]);
    tell(0);
    expect(files.mounted).toHaveLength(4);
    expect(domains.has("devfs") && domains.has("sysfs")).toBe(true);
  });
});

describe("a server that dies", () => {
  it("is logged with its reason and no longer found by its name", () => {
    boot(EAGER);
    machine.end(domainNamed("clock").domain, FAULT_TRAP, 134, "unreachable");
    expect(machine.logged.at(-1)).toContain("server clock is gone: unreachable");
    expect(names.bindings.has("clock") || names.administrative.has("clock")).toBe(false);
    machine.end(domainNamed("tmpfs").domain, FAULT_TRAP, 134, "unreachable");
    expect(names.administrative.has("tmpfs")).toBe(false);
  });
  it("is not believed to be dead because someone says so", () => {
    boot();
    const stranger = machine.domain("stranger"), cap = machine.grant(kernel, init.endpoint, stranger, 7);
    stranger.send(cap, 0x1003, { words: [1, 2, 3] });
    expect(names.bindings.has("clock")).toBe(true);
  });
});
