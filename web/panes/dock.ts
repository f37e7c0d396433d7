// The docked panes: split, moved by drag or keys, closed, maximised, remembered. A thin layer over dockview that knows pane kinds but
// not what is in them; the modules of all panes but the terminal are fetched when first shown.

import { createDockview, themeDark, themeLight, type DockviewApi, type IDockviewPanel, type SerializedDockview } from "dockview";
import "dockview/dist/styles/dockview.css";
import type { Preferences } from "../model/preferences.ts";
import { profileOf } from "../model/terminal-profiles.ts";
import type { PageContext } from "../services/page-context.ts";
import { DockTab } from "./dock-tab.ts";
import { GroupTools } from "./dock-group-tools.ts";
import { belowHeight, FIRST_TERMINAL, leastHeight, sideWidth } from "./first-places.ts";
import { LazyPane } from "./lazy-pane.ts";
import { PANE_TITLES, type PaneKind } from "./pane.ts";

export type Side = "left" | "right" | "above" | "below" | "within";

/** Terminals that the console has. */
const TERMINALS = 63;

export class Dock {
  #context: PageContext;
  #host: HTMLElement;
  #api: DockviewApi;
  #panes = new Map<string, LazyPane>();
  /** In the order in which they were closed. */
  #closedTerminals: number[] = [];
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, context: PageContext) {
    this.#host = host;
    this.#context = context;
    this.#api = createDockview(host, {
      theme: themeDark,
      disableFloatingGroups: true,
      createComponent: ({ id, name }) => {
        const pane = new LazyPane(context, name as PaneKind, () => this.#panes.delete(id));
        this.#panes.set(id, pane);
        return pane;
      },
      defaultTabComponent: "tab",
      createTabComponent: () => new DockTab(),
      createRightHeaderActionComponent: () => new GroupTools({
        newShell: (group) => this.openTerminal("shell", { group }),
        maximize: (panel) => this.#maximize(panel),
      }),
      announcer: ({ message, politeness }) => { if (politeness === "assertive") context.announcer.warn(message); else context.announcer.say(message); },
    });
    context.theme.shown.subscribe((shown) => this.#api.updateOptions({ theme: shown === "dark" ? { ...themeDark, className: "dockview-theme-dark dock-theme" } : { ...themeLight, className: "dockview-theme-light dock-theme" } }));
    const stored = context.preferences.current.value.layout as SerializedDockview | undefined;
    if (!stored || !this.#restore(stored)) this.#firstPlaces();
    this.#ensureFirstTerminal();
    this.#api.onDidLayoutChange(() => this.#save());
    this.#api.onDidRemovePanel(({ id }) => { if (id.startsWith("terminal-")) this.#closedTerminals.push(Number(id.slice("terminal-".length))); });
  }

  openTerminal(profile: string, at: { group?: string; side?: Side } = {}): void {
    const number = this.#freeTerminal();
    const side = at.side ?? "within";
    const reference = at.group ? this.#api.getGroup(at.group) : this.#terminalGroup();
    this.#api.addPanel({
      id: `terminal-${number}`, component: "terminal", title: `${profileOf(profile).title} ${number + 1}`, params: { terminal: number, profile },
      ...(reference ? { position: { referenceGroup: reference.id, direction: side } } : {}),
    });
    this.focusPane(`terminal-${number}`);
  }

  /** Shows the pane of a kind of which there is one; opens it if it was closed. */
  show(kind: Exclude<PaneKind, "terminal">, focus = true): void {
    const open = this.#api.getPanel(kind);
    if (open) open.api.setActive();
    else {
      const side = this.#api.panels.find((panel) => ["picture", "details", "timeline", "files", "storage", "placement", "log", "welcome"].includes(panel.id) && panel.id !== "picture") ?? this.#api.getPanel("picture");
      const position = kind === "picture" || !side ? { direction: "right" } : side.id === "picture" ? { referencePanel: side.id, direction: "below" as const } : { referencePanel: side.id, direction: "within" as const };
      this.#api.addPanel({ id: kind, component: kind, title: PANE_TITLES[kind], position: position as never });
    }
    if (focus) this.focusPane(kind);
    const panel = this.#api.getPanel(kind), least = leastHeight(kind, this.#api.height || innerHeight);
    // Whoever asks for the pane wants to see what is in it.
    if (panel && panel.api.height < least && !this.#api.hasMaximizedGroup()) panel.group.api.setSize({ height: least });
  }

  closeActive(): void { this.#api.activePanel?.api.close(); }

  maximizeActive(): void { if (this.#api.activePanel) this.#maximize(this.#api.activePanel); }

  splitActive(side: "right" | "below"): void { this.openTerminal("shell", { ...(this.#api.activeGroup ? { group: this.#api.activeGroup.id } : {}), side }); }

  focusPane(id: string): void {
    const panel = this.#api.getPanel(id);
    if (!panel) return;
    panel.api.setActive();
    this.#panes.get(id)?.focus();
  }

  focusActive(): void { if (this.#api.activePanel) this.focusPane(this.#api.activePanel.id); }

  focusNext(step: 1 | -1): void {
    const groups = this.#api.groups.filter((group) => group.activePanel);
    if (groups.length === 0) return;
    const index = groups.findIndex((group) => group === this.#api.activeGroup);
    this.#focusGroup(groups[(index + step + groups.length) % groups.length].activePanel);
  }

  focusSide(side: "left" | "right" | "up" | "down"): void {
    const here = this.#api.activeGroup;
    if (here) this.#focusGroup(this.#api.adjacentGroupInDirection(here, side)?.activePanel);
  }

  tab(step: 1 | -1): void {
    const group = this.#api.activeGroup;
    if (!group || group.panels.length < 2) return;
    const index = group.panels.indexOf(group.activePanel!);
    this.focusPane(group.panels[(index + step + group.panels.length) % group.panels.length].id);
  }

  /** Moves the active pane into the group on that side; at the edge it gets a place of its own there. */
  moveActive(side: "left" | "right" | "up" | "down"): void {
    const panel = this.#api.activePanel;
    if (!panel) return;
    const neighbour = this.#api.adjacentGroupInDirection(panel.group, side);
    if (neighbour) panel.api.moveTo({ group: neighbour as never, position: "center" });
    else if (panel.group.panels.length > 1) panel.api.moveTo({ group: panel.group, position: side === "up" ? "top" : side === "down" ? "bottom" : side });
    else { this.#context.announcer.say("The pane is at that edge already."); return; }
    this.#context.announcer.say(`Moved ${panel.title ?? "the pane"} ${side === "left" || side === "right" ? `to the ${side}` : side}.`);
    this.focusPane(panel.id);
  }

  reset(): void {
    // Terminals stay: a layout is no reason to end what runs in them.
    const terminals = this.#api.panels.filter((panel) => panel.id.startsWith("terminal-"));
    for (const panel of this.#api.panels) if (!terminals.includes(panel)) panel.api.close();
    const [first, ...rest] = terminals;
    for (const panel of rest) panel.api.moveTo({ group: first.group, position: "center" });
    if (this.#api.hasMaximizedGroup()) this.#api.exitMaximizedGroup();
    if (!first) this.#ensureFirstTerminal();
    this.#addSidePanes();
    this.#context.preferences.change({ layout: undefined });
    this.focusPane((first ?? this.#api.panels[0]).id);
  }

  #focusGroup(panel: IDockviewPanel | undefined): void { if (panel) this.focusPane(panel.id); }

  #firstPlaces(): void {
    this.#ensureFirstTerminal();
    this.#addSidePanes();
  }

  #addSidePanes(): void {
    const terminal = this.#terminalGroup();
    this.#api.addPanel({ id: "picture", component: "picture", title: PANE_TITLES.picture, inactive: true, initialWidth: sideWidth(this.#api.width || innerWidth), position: { referenceGroup: terminal!.id, direction: "right" } });
    this.#api.addPanel({ id: "welcome", component: "welcome", title: PANE_TITLES.welcome, inactive: true, initialHeight: belowHeight(this.#api.height || innerHeight), position: { referencePanel: "picture", direction: "below" } });
    for (const id of ["details", "timeline", "files", "storage", "placement", "log"] as const) this.#api.addPanel({ id, component: id, title: PANE_TITLES[id], inactive: true, position: { referencePanel: "welcome", direction: "within" } });
    this.#api.getPanel("welcome")?.api.setActive();
  }

  /** Terminal 0 is where the boot's commands are typed and its prompt appears. */
  #ensureFirstTerminal(): void {
    if (this.#api.getPanel("terminal-0")) return;
    this.#api.addPanel({ id: "terminal-0", component: "terminal", title: "Shell 1", params: { ...FIRST_TERMINAL }, ...(this.#api.panels.length ? { position: { direction: "left" as never } } : {}) });
  }

  #restore(layout: SerializedDockview): boolean {
    try {
      this.#api.fromJSON(layout);
      return this.#api.panels.length > 0;
    } catch {
      this.#api.clear();
      return false;
    }
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      this.#context.preferences.change({ layout: this.#api.toJSON(), firstTerminal: this.#placeOf("terminal-0") });
    }, 600);
  }

  /** Fractions of the dock's size; undefined if the pane is not in view. */
  #placeOf(id: string): Preferences["firstTerminal"] {
    const pane = this.#panes.get(id)?.element.getBoundingClientRect();
    const { left, top, width, height } = this.#host.getBoundingClientRect();
    if (!pane || pane.width === 0) return undefined;
    return { left: (pane.left - left) / width, top: (pane.top - top) / height, width: pane.width / width, height: pane.height / height };
  }

  #maximize(panel: IDockviewPanel): void {
    if (panel.api.isMaximized()) panel.api.exitMaximized(); else panel.api.maximize();
    this.focusPane(panel.id);
  }

  #terminalGroup() {
    const active = this.#api.activePanel;
    return active?.id.startsWith("terminal-") ? active.group : this.#api.panels.find((panel) => panel.id.startsWith("terminal-"))?.group;
  }

  /** A number that no pane has: one that was never used, else the one that was closed first, as what ran there may still be ending. */
  #freeTerminal(): number {
    for (let number = 0; number < TERMINALS; number++) {
      if (!this.#api.getPanel(`terminal-${number}`) && !this.#closedTerminals.includes(number)) return number;
    }
    return this.#closedTerminals.shift() ?? TERMINALS;
  }
}
