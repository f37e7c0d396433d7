// The page around a system that has its prompt: the dock, which takes the first terminal in, the head line, keys, drops.

import { reasonText } from "../model/domain-words.ts";
import type { MachineApi, MachineEvent } from "../model/machine-api.ts";
import { Observable } from "../model/observable.ts";
import type { SharedSession } from "../model/share-link.ts";
import type { Command } from "../model/shortcuts.ts";
import { fillBar } from "../panes/bar.ts";
import { Dock } from "../panes/dock.ts";
import { showNotice } from "../panes/notices.ts";
import { fillStatus } from "../panes/status-line.ts";
import type { Pane } from "../panes/pane.ts";
import { DiskKeeper } from "../services/disk-keeper.ts";
import { Monitor } from "../services/monitor.ts";
import { offlineState } from "../services/offline.ts";
import type { PageContext } from "../services/page-context.ts";
import type { SystemLog } from "../services/system-log.ts";
import { TraceRecorder } from "../services/trace-recorder.ts";
import { Transfers } from "../services/transfers.ts";
import { acceptDrops } from "./drop-files.ts";
import { listenForShortcuts } from "./keyboard.ts";
import type { FirstTerminal } from "./open-first-terminal.ts";

export interface Page { event(event: MachineEvent): void }

export interface Booted { machine: MachineApi; fake: boolean; first: FirstTerminal; log: SystemLog; shared: SharedSession | undefined; promptTime: number }

export function openPage({ machine, fake, first, log, shared, promptTime }: Booted): Page {
  const { preferences, theme, announcer, terminals, terminalPane } = first;
  let waiting: Pane | undefined = first.pane;
  const context: PageContext = {
    machine, preferences, announcer, log, theme, terminals, terminalPane,
    monitor: new Monitor(machine), trace: new TraceRecorder(machine), keeper: new DiskKeeper(), transfers: new Transfers(machine, announcer, shared?.files), selected: new Observable<number | undefined>(undefined),
    session: { kind: shared ? "link" : "own", ...(shared ? { shared } : {}), ...(shared?.manifest === undefined ? {} : { manifest: shared.manifest }) },
    takeFirstTerminal(host) {
      const pane = waiting;
      waiting = undefined;
      if (pane) first.showTitle(host);
      return pane;
    },
    run, showDetails: (domain) => { context.selected.value = domain; dock.show("details"); },
  };
  const dock = new Dock(document.getElementById("dock")!, context);
  fillBar(context);
  listenForShortcuts(run);

  function run(command: Command): void {
    const actions: Record<Command, () => void> = {
      "focus-next": () => dock.focusNext(1), "focus-previous": () => dock.focusNext(-1),
      "focus-left": () => dock.focusSide("left"), "focus-right": () => dock.focusSide("right"), "focus-up": () => dock.focusSide("up"), "focus-down": () => dock.focusSide("down"),
      "tab-next": () => dock.tab(1), "tab-previous": () => dock.tab(-1),
      "new-shell": () => dock.openTerminal("shell"), "new-python": () => dock.openTerminal("python"),
      "close-pane": () => dock.closeActive(), "split-right": () => dock.splitActive("right"), "split-down": () => dock.splitActive("below"), maximize: () => dock.maximizeActive(),
      "move-left": () => dock.moveActive("left"), "move-right": () => dock.moveActive("right"), "move-up": () => dock.moveActive("up"), "move-down": () => dock.moveActive("down"),
      "show-picture": () => dock.show("picture"), "show-timeline": () => dock.show("timeline"), "show-files": () => dock.show("files"), "show-log": () => dock.show("log"), "show-storage": () => dock.show("storage"), "show-placement": () => dock.show("placement"), "show-welcome": () => dock.show("welcome"),
      share: () => void import("../panes/share-dialog.ts").then((module) => module.showShare(context)),
      help: () => void import("../panes/help-dialog.ts").then((module) => module.showHelp()),
      theme: () => { const theme = context.theme.next(); announcer.say(`Theme: ${theme}.`); },
      "screen-reader": () => {
        const screenReader = !preferences.current.value.screenReader;
        preferences.change({ screenReader });
        announcer.say(`Terminals ${screenReader ? "tell" : "no longer tell"} a screen reader what they show.`);
      },
      "reset-layout": () => dock.reset(),
    };
    actions[command]();
  }

  dock.focusPane("terminal-0");
  acceptDrops(context.transfers);
  fillStatus(context, promptTime, fake, offlineState);
  document.documentElement.dataset["panes"] = "ready";

  return {
    event(event) {
      // A made-up system has nothing to keep.
      if (event.kind === "keep" && !fake) void context.keeper.keep();
      if (event.kind === "error") { showNotice("error", event.text); announcer.warn(event.text); }
      // Programs end all the time; of a server it is news.
      if (event.kind === "domain-died" && event.reason !== 0) announcer.say(event.text || `${event.name} ${reasonText(event.reason)}.`);
      if (event.kind === "domain-died" || event.kind === "domain-started") context.monitor.refresh();
    },
  };
}
