// Sessions: for each terminal that the page opens, a process of the profile that it asked for. When it ends the page is told with its status, and may ask
// for another; when the page closes the terminal, what still runs there is hung up.

import { ConsoleClient } from "../../../abi/generated/ts/client/console.ts";
import { FileClient } from "../../../abi/generated/ts/client/file.ts";
import { ProcessClient } from "../../../abi/generated/ts/client/process.ts";
import { TerminalClient } from "../../../abi/generated/ts/client/terminal.ts";
import { Signal, SpawnFlags } from "../../../abi/generated/ts/enums.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import type { Log } from "../../../lib/ts/log.ts";
import { errorCause, errorName, errorNumber } from "../../../lib/ts/status.ts";
import { decodeText, encodeStrings, encodeText } from "../../../lib/ts/text.ts";
import type { Manifest, Profile } from "../manifest/manifest.ts";
import { equip } from "./equip.ts";

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
  /** A process of init's that is no session's has ended. */
  readonly stray: (pid: number, status: number) => void;
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
    const error = equip(this.links.kernel, process, created.pid, { ...this.links, stream: cap, ...profile }) || this.foreground(cap, created.group) || process.start(created.pid, profile.program).error;
    if (error) {
      process.signal(created.pid, 0, Signal.Kill);
      process.wait(created.pid, false, true);
      return error;
    }
    this.running.set(terminal, created.pid);
    return 0;
  }

  private foreground(terminal: number, group: number): number { return new TerminalClient(this.links.kernel, terminal).setForeground(group).error; }

  /** Take the ends of all processes that have ended. */
  private reap(): void {
    for (;;) {
      const ended = this.process.wait(0, false, false);
      if (ended.error || ended.status.pid === 0) return;
      this.links.stray(ended.status.pid, ended.status.status);
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
