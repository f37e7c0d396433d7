// What a pane is given to work with. Panes get the page through this and through nothing else.

import type { MachineApi, SessionKind } from "../model/machine-api.ts";
import type { Pane, PaneHost, PaneMaker } from "../panes/pane.ts";
import type { Observable } from "../model/observable.ts";
import type { SharedSession } from "../model/share-link.ts";
import type { Command } from "../model/shortcuts.ts";
import type { Announcer } from "./announcer.ts";
import type { DiskKeeper } from "./disk-keeper.ts";
import type { Monitor } from "./monitor.ts";
import type { PreferenceStore } from "./preference-store.ts";
import type { SystemLog } from "./system-log.ts";
import type { Terminals } from "./terminals.ts";
import type { ThemeService } from "./theme.ts";
import type { TraceRecorder } from "./trace-recorder.ts";
import type { Transfers } from "./transfers.ts";

export interface PageContext {
  machine: MachineApi;
  monitor: Monitor;
  terminals: Terminals;
  trace: TraceRecorder;
  transfers: Transfers;
  keeper: DiskKeeper;
  preferences: PreferenceStore;
  theme: ThemeService;
  announcer: Announcer;
  log: SystemLog;
  session: { kind: SessionKind; shared?: SharedSession; manifest?: string };
  /** Makes the panes of further terminals; like the first one it is loaded before the dock is. */
  terminalPane: PaneMaker;
  /** The pane of the first terminal, which is there before the dock; taken by the dock, once. */
  takeFirstTerminal(host: PaneHost): Pane | undefined;
  /** The domain whose details are shown; undefined: none. */
  selected: Observable<number | undefined>;
  run(command: Command): void;
  /** Show the details pane (and select a domain). */
  showDetails(domain: number): void;
}
