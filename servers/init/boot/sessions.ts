// Sessions: for each terminal that the page opens, a process of the profile that it asked for. When it ends the page is told with its status, and may ask
// for another; when the page closes the terminal, what still runs there is hung up.

import { ConsoleClient } from "../../../abi/generated/ts/client/console.ts";
import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { TerminalClient } from "../../../abi/generated/ts/client/terminal.ts";
import { FileFlags, FileKind, Signal, SpawnFlags } from "../../../abi/generated/ts/enums.ts";
import { DESCRIPTOR_DIRECTORY, DESCRIPTOR_ROOT, DESCRIPTOR_SYSTEM, DESCRIPTOR_WATCH, RIGHT_ALL, RIGHT_RECEIVE, SLOT_SYSTEM } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorCause, errorName, errorNumber } from "../../../lib/ts/status.ts";
import { decodeText, encodeStrings, encodeText } from "../../../lib/ts/text.ts";
import type { Manifest, Profile } from "../manifest/manifest.ts";

export interface SessionLinks {
  readonly kernel: Kernel;
  readonly manifest: Manifest;
  /** Slots with all rights. */
  readonly vfs: number;
  readonly process: number;
  readonly console: number;
  /** A Notification: bit 0 when a session's process ends (and for terminal 0), bit n for terminal n. */
  readonly notification: number;
  readonly log: Log;
}

/** Shells: cannot execute, not found. */
const CANNOT_RUN = 126, NOT_FOUND = 127;

export class Sessions {
  /** Process by terminal. */
  private readonly running = new Map<number, number>();
  private readonly process: ProcessClient;
  private readonly console: ConsoleClient;

  constructor(private readonly links: SessionLinks) {
    this.process = new ProcessClient(links.kernel, links.process);
    this.console = new ConsoleClient(links.kernel, links.console);
  }

  /** Signals have come: ends of processes, terminals opened or closed. */
  signalled(bits: bigint): void {
    this.reap();
    for (let terminal = 0; terminal < 63; terminal++) if (bits & (1n << BigInt(terminal))) this.attend(terminal);
  }

  /** Start the profile's program (the default one's, if there is none of that name) on a terminal. False if it could not be. */
  start(terminal: number, name: string): boolean {
    const { kernel, manifest, log } = this.links;
    const wanted = name || manifest["default-profile"];
    const profile = manifest.profiles.get(wanted) ?? manifest.profiles.get(manifest["default-profile"])!;
    const opened = this.console.open(terminal);
    if (opened.error) { log.warn(`cannot open terminal ${terminal}: ${errorName(opened.error)}`); return false; }
    const error = this.spawn(terminal, opened.terminal, profile);
    if (error) {
      new FileClient(kernel, opened.terminal).write(-1n, encodeText(`${profile.program}: ${errorCause(error)}\n`));
      this.console.ended(terminal, error === errorNumber("NotFound") ? NOT_FOUND : CANNOT_RUN);
      log.warn(`cannot start ${profile.program} on terminal ${terminal}: ${errorName(error)}`);
    }
    kernel.capDelete(opened.terminal);
    return error === 0;
  }

  private spawn(terminal: number, cap: number, profile: Profile): number {
    const { process } = this;
    const environment = new Map([...this.links.manifest.environment, ["PWD", profile.directory] as const, ...profile.environment]);
    const created = process.create(SpawnFlags.NewGroup | (profile["handles-interrupt"] ? SpawnFlags.HandleInterrupt : 0), 0,
      encodeStrings(profile.arguments.length > 0 ? profile.arguments : [profile.program]), encodeStrings([...environment].map(([key, value]) => `${key}=${value}`)));
    if (created.error) return created.error;
    const error = this.equip(created.pid, cap, profile) || this.foreground(cap, created.group) || process.start(created.pid, profile.program).error;
    if (error) {
      process.signal(created.pid, 0, Signal.Kill);
      process.wait(created.pid, false, true);
      return error;
    }
    this.running.set(terminal, created.pid);
    return 0;
  }

  private equip(pid: number, terminal: number, profile: Profile): number {
    const { kernel, vfs, notification } = this.links;
    for (const descriptor of [0, 1, 2]) {
      const given = this.process.give(pid, descriptor, terminal);
      if (given.error) return given.error;
    }
    const watched = this.process.give(pid, DESCRIPTOR_WATCH, notification);
    if (watched.error) return watched.error;
    const directory = new DirectoryClient(kernel, vfs).open(FileFlags.Read | FileFlags.Directory, 0, profile.directory);
    if (!directory.error) {
      if (directory.kind === FileKind.Directory) this.process.give(pid, DESCRIPTOR_DIRECTORY, directory.file);
      kernel.capDelete(directory.file);
      if (directory.data) kernel.capDelete(directory.data);
    }
    if (!profile.administer) return 0;
    const root = kernel.capMint(vfs, RIGHT_ALL & ~RIGHT_RECEIVE, 0);
    const error = this.process.give(pid, DESCRIPTOR_ROOT, root).error || this.process.give(pid, DESCRIPTOR_SYSTEM, SLOT_SYSTEM).error;
    kernel.capDelete(root);
    return error;
  }

  private foreground(terminal: number, group: number): number { return new TerminalClient(this.links.kernel, terminal).setForeground(group).error; }

  /** Take the ends of all sessions that have ended. */
  private reap(): void {
    for (;;) {
      const ended = this.process.wait(0, false, false);
      if (ended.error || ended.status.pid === 0) return;
      for (const [terminal, pid] of this.running) {
        if (pid !== ended.status.pid) continue;
        this.running.delete(terminal);
        this.console.ended(terminal, ended.status.status);
      }
    }
  }

  /** A terminal was opened or closed, or both: bring its session in line. */
  private attend(terminal: number): void {
    const pid = this.running.get(terminal), asked = this.console.profile(terminal);
    if (asked.error) {
      if (pid !== undefined) { this.process.signal(0, pid, Signal.HangUp); this.process.signal(0, pid, Signal.Continue); }
    } else if (pid === undefined) this.start(terminal, decodeText(asked.profile));
  }
}
