// A process server on the fake machine, with files and names, for its tests. `run` makes a child of a caller from a program file.

import { ProcessClient } from "../../abi/generated/ts/client/process.ts";
import { SpawnFlags } from "../../abi/generated/ts/enums.ts";
import { DESCRIPTOR_WATCH, RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { handle } from "../../lib/ts/serve.ts";
import { decodeEnded, type EndedProcess } from "../../lib/ts/process-records.ts";
import { encodeStrings } from "../../lib/ts/text.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeFiles } from "../../lib/ts/testing/fake-files.ts";
import { FakeMachine, type FakeProgram } from "../../lib/ts/testing/fake-machine.ts";
import { FakeNames } from "../../lib/ts/testing/fake-names.ts";
import { Labels } from "../../abi/generated/ts/labels.ts";
import { Naming } from "../../lib/ts/naming.ts";
import { ProcessServer } from "./process-server.ts";

export const IMAGES = { linux: 10, "native-module": 11, "native-programs": 12 };
/** The smallest WASI module: no sections. */
export const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export class Harness {
  readonly machine = new FakeMachine();
  readonly names = new FakeNames(this.machine);
  readonly files = new FakeFiles(this.machine);
  readonly kernel: FakeKernel;
  readonly server: ProcessServer;
  readonly init: FakeKernel;
  readonly process: ProcessClient;
  readonly started: FakeProgram[] = [];

  constructor() {
    const { machine } = this;
    this.kernel = machine.domain("process");
    this.kernel.capMove(this.kernel.endpointCreate(), SLOT_SELF);
    // It administers, so it finds the VFS with the right to mount.
    this.names.introduce(this.kernel, true);
    this.names.announce(this.files.kernel, this.files.endpoint, "vfs");
    this.names.announce(this.files.kernel, this.files.endpoint, "vfs", RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE, true);
    const naming = new Naming(this.kernel);
    this.server = new ProcessServer({
      kernel: this.kernel, images: IMAGES, quotas: { capabilities: 64, frames: 64 }, findRoot: () => naming.find("vfs"), findConsole: () => naming.find("console", false),
    });
    machine.attach(this.kernel, SLOT_SELF, (incoming) => handle(this.kernel, this.server, incoming));
    machine.onStart = (program) => { this.started.push(program); };
    this.init = machine.domain("init");
    this.process = new ProcessClient(this.init, machine.grant(this.kernel, SLOT_SELF, this.init, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT | RIGHT_MANAGE));
    this.files.file("/bin/module", MODULE, 0o755);
  }

  /** A started process; `client` speaks as it. Init's children keep their row until init waits, as it watches them. */
  run(parent = this.process, path = "/bin/module", flags: number = SpawnFlags.NewGroup, group = 0): { pid: number; group: number; kernel: FakeKernel; client: ProcessClient } {
    const made = parent.create(flags, group, encodeStrings([path]), encodeStrings(["HOME=/"]));
    if (made.error) throw new Error(`create: ${made.error}`);
    if (parent === this.process) {
      const notification = this.init.notificationCreate();
      parent.give(made.pid, DESCRIPTOR_WATCH, notification);
      this.init.capDelete(notification);
    }
    const status = parent.start(made.pid, path);
    if (status.error) throw new Error(`start: ${status.error}`);
    const kernel = this.started.at(-1)!.kernel as FakeKernel;
    return { pid: made.pid, group: made.group, kernel, client: new ProcessClient(kernel, SLOT_SELF) };
  }

  /** What `wait` tells, with the reason; a number is the error. */
  wait(parent: ProcessClient, pid: number, stopped = false, block = false): EndedProcess | number {
    const answer = parent.kernel.call(parent.cap, Labels.process.wait, { words: [pid, stopped ? 1 : 0, block ? 1 : 0], receive: 256 });
    return answer.status < 0 ? answer.status : decodeEnded(answer.data)!;
  }

  /** A capability that anyone can look up. */
  publicCap(kernel: FakeKernel): number { return this.machine.grant(this.kernel, SLOT_SELF, kernel, RIGHT_ALL & ~RIGHT_MANAGE & ~8); }
}
