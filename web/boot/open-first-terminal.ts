// The part of the page that the first prompt needs: the first terminal, in the place where the dock will have it. All else is fetched
// after the prompt (open-page), so that nothing competes with the boot.

import type { MachineApi, SessionKind } from "../model/machine-api.ts";
import { FIRST_TERMINAL, firstTerminalPlace } from "../panes/first-places.ts";
import type { Pane, PaneHost, PaneMaker } from "../panes/pane.ts";
import { terminalPane } from "../panes/terminal-pane.ts";
import { Announcer } from "../services/announcer.ts";
import { PreferenceStore } from "../services/preference-store.ts";
import { Terminals } from "../services/terminals.ts";
import { ThemeService } from "../services/theme.ts";

export interface FirstTerminal {
  preferences: PreferenceStore;
  theme: ThemeService;
  announcer: Announcer;
  terminals: Terminals;
  pane: Pane;
  /** For further terminals: whoever imported it would have the browser load it apart from this file. */
  terminalPane: PaneMaker;
  /** Where the pane's title is to be shown from now on. */
  showTitle(host: PaneHost): void;
}

/** `port`: our end of terminal 0, which is open already. */
export async function openFirstTerminal(machine: MachineApi, port: MessagePort, session: SessionKind): Promise<FirstTerminal> {
  const preferences = await PreferenceStore.open(session);
  const announcer = new Announcer();
  const theme = new ThemeService(preferences);
  const terminals = new Terminals(machine, new Map([[FIRST_TERMINAL.terminal, port]]));
  let title = "";
  let shown: PaneHost | undefined;
  const host: PaneHost = {
    setTitle(text) { title = text; shown?.setTitle(text); },
    close: () => shown?.close(),
  };
  const dock = document.getElementById("dock")!;
  const holder = document.createElement("div");
  holder.className = "first-terminal";
  const { left, top, width, height } = firstTerminalPlace(preferences.current.value, { width: dock.clientWidth, height: dock.clientHeight });
  const pane = terminalPane({ preferences, announcer, theme, terminals }, { ...FIRST_TERMINAL }, host, { width, height });
  Object.assign(holder.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  holder.append(pane.element);
  dock.append(holder);
  return {
    preferences, theme, announcer, terminals, pane, terminalPane,
    showTitle(next) {
      shown = next;
      next.setTitle(title);
      holder.remove();
    },
  };
}
