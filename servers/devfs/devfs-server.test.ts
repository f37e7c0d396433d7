import { beforeEach, describe, expect, it } from "vitest";
import { FileClient } from "../../abi/generated/ts/client/file.ts";
import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { FileFlags, FileKind, PollEvents } from "../../abi/generated/ts/enums.ts";
import { SLOT_SELF } from "../../abi/layout/limits.ts";
import { decodeEntries } from "../../lib/ts/directory-entries.ts";
import { handle } from "../../lib/ts/serve.ts";
import { errorNumber } from "../../lib/ts/status.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { characterDevices } from "./character-devices.ts";
import { DevfsServer } from "./devfs-server.ts";

let machine: FakeMachine, kernel: FakeKernel, client: FakeKernel, server: DevfsServer, fileSystem: FileSystemClient;

beforeEach(() => {
  machine = new FakeMachine();
  kernel = machine.domain("devfs");
  kernel.capMove(kernel.endpointCreate(), SLOT_SELF);
  server = new DevfsServer(kernel, characterDevices((bytes) => bytes.fill(7)));
  machine.attach(kernel, SLOT_SELF, (incoming) => handle(kernel, server, incoming));
  client = machine.domain("vfs");
  fileSystem = new FileSystemClient(client, machine.grant(kernel, SLOT_SELF, client, 7));
});

function open(name: string): FileClient {
  const found = fileSystem.lookup(1n, name);
  if (found.error) throw new Error(`lookup ${name}: ${found.error}`);
  const opened = fileSystem.open(found.inode, FileFlags.Read | FileFlags.Write | FileFlags.Truncate, 3n);
  if (opened.error) throw new Error(`open ${name}: ${opened.error}`);
  expect(opened.data).toBe(0);
  return new FileClient(client, opened.file);
}

describe("the device file system", () => {
  it("lists its devices", () => {
    const result = fileSystem.readDirectory(1n, 0n);
    expect((result.error ? [] : decodeEntries(result.entries)).map(({ name }) => name)).toEqual([".", "..", "null", "zero", "full", "random", "urandom"]);
    expect(fileSystem.stat(2n)).toMatchObject({ attributes: { kind: FileKind.CharacterDevice, mode: 0o666 } });
    expect(fileSystem.lookup(1n, "hda").error).toBe(errorNumber("NotFound"));
    expect(fileSystem.lookup(2n, "x").error).toBe(errorNumber("NotDirectory"));
  });

  it.each([["null", [], true], ["zero", [0, 0], true], ["full", [0, 0], false], ["urandom", [7, 7], true]] as const)("has %s", (name, bytes, takes) => {
    const file = open(name), read = file.read(-1n, 2);
    expect(read.error ? read.error : [...read.data]).toEqual([...bytes]);
    expect(file.write(-1n, Uint8Array.of(1, 2))).toEqual(takes ? { error: 0, written: 2, size: 0n } : { error: errorNumber("NoSpace") });
    expect(file.stat()).toMatchObject({ attributes: { device: 3n, kind: FileKind.CharacterDevice } });
    expect(file.poll(PollEvents.Readable | PollEvents.Writable, 0, 0n)).toMatchObject({ ready: 3 });
  });

  it("can be neither changed nor opened as a file where it is a directory", () => {
    expect(fileSystem.unlink(1n, false, "null").error).toBe(errorNumber("ReadOnly"));
    expect(fileSystem.create(1n, FileKind.Regular, 0o644, "x").error).toBe(errorNumber("ReadOnly"));
    expect(fileSystem.open(1n, FileFlags.Read, 1n).error).toBe(errorNumber("IsDirectory"));
  });

  it("leaves nothing behind", () => {
    const before = machine.counts(), file = open("null");
    client.capDelete(file.cap);
    expect(machine.counts()).toEqual(before);
  });

  it("survives any message", () => fuzzDispatch(kernel, server, [0x20, 0x22]));
});
