// Mounts of what is on disks: `mount` is run for each, one after another, as an administrator would at the shell. So init never waits for a disk, whose driver it may
// have to start first. What the program says goes to the log; the next is tried whatever became of one.
//
//   const mounts = new DiskMounts(links);
//   if (!mounts.begin()) ...                nothing to wait for
//   mounts.ended(pid, status)               of every process that has ended; mounts.done afterwards

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { FileFlags, Signal, SpawnFlags } from "../../../abi/generated/ts/enums.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorName } from "../../../lib/ts/status.ts";
import { decodeText, encodeStrings } from "../../../lib/ts/text.ts";
import type { Manifest, MountEntry } from "../manifest/manifest.ts";
import { equip } from "./equip.ts";
import { makeDirectories } from "./prepare-files.ts";

const PROGRAM = "/bin/mount";
/** Where the program writes; it has no name any more while it runs. */
const OUTPUT = "/.mount-output";
const OUTPUT_LIMIT = 4096;

export interface DiskMountLinks {
  readonly kernel: Kernel;
  readonly manifest: Manifest;
  /** Slots with all rights. */
  readonly vfs: number;
  readonly process: number;
  /** Signalled when the program ends. */
  readonly notification: number;
  readonly log: Log;
}

export class DiskMounts {
  private readonly waiting: MountEntry[];
  private readonly process: ProcessClient;
  private running: { readonly mount: MountEntry; readonly pid: number; /** Slot, or 0. */ readonly output: number } | undefined;

  constructor(private readonly links: DiskMountLinks) {
    this.waiting = links.manifest.mounts.filter(({ disk }) => disk !== "");
    this.process = new ProcessClient(links.kernel, links.process);
  }

  get done(): boolean { return !this.running && this.waiting.length === 0; }
  /** What is being mounted, for people. */
  get current(): string { return this.running ? describe(this.running.mount) : ""; }

  /** Begin with the first: whether there is anything to wait for. */
  begin(): boolean {
    while (!this.running && this.waiting.length > 0) this.start(this.waiting.shift()!);
    return !this.done;
  }

  /** A process has ended. */
  ended(pid: number, status: number): void {
    const { running } = this, { log } = this.links;
    if (running?.pid !== pid) return;
    this.running = undefined;
    const said = this.take(running.output).split("\n").filter((line) => line !== "").map((line) => line.replace(/^mount: /, ""));
    if (status === 0) log.note(`mounted ${describe(running.mount)}`);
    else if (said.length === 0) said.push(`${PROGRAM} ended with status ${status}`);
    for (const line of said) log.warn(`mount ${describe(running.mount)}: ${line}`);
    this.begin();
  }

  private start(mount: MountEntry): void {
    const { kernel, vfs, log, manifest: { environment } } = this.links, { process } = this;
    makeDirectories(new DirectoryClient(kernel, vfs), mount.path, 0o755);
    const created = process.create(SpawnFlags.NewGroup, 0, encodeStrings(argumentsOf(mount)), encodeStrings([...environment, ["PWD", "/"]].map(([key, value]) => `${key}=${value}`)));
    if (created.error) { log.warn(`mount ${describe(mount)}: ${errorName(created.error)}`); return; }
    const output = this.open(), error = this.run(created.pid, output);
    if (!error) { this.running = { mount, pid: created.pid, output }; return; }
    process.signal(created.pid, 0, Signal.Kill);
    process.wait(created.pid, false, true);
    if (output) kernel.capDelete(output);
    log.warn(`mount ${describe(mount)}: ${PROGRAM} cannot be run: ${errorName(error)}`);
  }

  private run(pid: number, output: number): number {
    const { kernel, vfs, notification } = this.links;
    return equip(kernel, this.process, pid, { stream: output, directory: "/", administer: true, notification, vfs }) || this.process.start(pid, PROGRAM).error;
  }

  /** A file for what the program says: a slot, or 0. */
  private open(): number {
    const { kernel, vfs } = this.links, root = new DirectoryClient(kernel, vfs);
    const opened = root.open(FileFlags.Read | FileFlags.Write | FileFlags.Create | FileFlags.Truncate, 0o600, OUTPUT);
    if (opened.error) return 0;
    root.unlink(OUTPUT);
    if (opened.data) kernel.capDelete(opened.data);
    return opened.file;
  }

  private take(output: number): string {
    if (!output) return "";
    const read = new FileClient(this.links.kernel, output).read(0n, OUTPUT_LIMIT);
    this.links.kernel.capDelete(output);
    return read.error ? "" : decodeText(read.data);
  }
}

function describe({ disk, path }: MountEntry): string { return `${disk} on ${path}`; }

/** As at the shell. */
function argumentsOf({ disk, path, type, create, from, protocol, "read-only": readOnly }: MountEntry): string[] {
  const source = create ? String(create) : String(from);
  return ["mount", "-t", type, "-o", `${readOnly ? "ro" : "rw"},protocol=${protocol}`, ...source === "" ? [] : ["-c", source], "--", disk, path];
}
