// What the dock holds: an empty element until the pane is first shown, then the pane. Terminals are made at once, as their programs run
// whether they are in view or not; the first one is there already and only moves in.

import type { GroupPanelPartInitParameters, IContentRenderer } from "dockview";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText } from "./element.ts";
import { FIRST_TERMINAL } from "./first-places.ts";
import type { Pane, PaneHost, PaneKind, PaneMaker, PaneParameters } from "./pane.ts";

const MAKERS: Record<Exclude<PaneKind, "terminal">, () => Promise<PaneMaker>> = {
  picture: () => import("./picture-pane.ts").then((module) => module.picturePane),
  details: () => import("./details-pane.ts").then((module) => module.detailsPane),
  timeline: () => import("./timeline-pane.ts").then((module) => module.timelinePane),
  files: () => import("./files-pane.ts").then((module) => module.filesPane),
  storage: () => import("./storage-pane.ts").then((module) => module.storagePane),
  placement: () => import("./placement-pane.ts").then((module) => module.placementPane),
  log: () => import("./log-pane.ts").then((module) => module.logPane),
  welcome: () => import("./welcome-pane.ts").then((module) => module.welcomePane),
};

export class LazyPane implements IContentRenderer {
  readonly element = element("div", { class: "pane-holder" });
  #context: PageContext;
  #kind: PaneKind;
  #gone: () => void;
  #pane: Promise<Pane | undefined> | undefined;
  #present: Pane | undefined;
  #visible = false;
  #disposed = false;
  #make: () => Promise<Pane | undefined> = () => Promise.resolve(undefined);
  #stops: { dispose(): void }[] = [];

  constructor(context: PageContext, kind: PaneKind, gone: () => void) {
    this.#context = context;
    this.#kind = kind;
    this.#gone = gone;
  }

  init({ api, params }: GroupPanelPartInitParameters): void {
    const host: PaneHost = { setTitle: (title) => api.setTitle(title), close: () => api.close() };
    const parameters = params as PaneParameters;
    this.#make = () => this.#build(parameters, host);
    if (this.#kind === "terminal") {
      const first = parameters["terminal"] === FIRST_TERMINAL.terminal ? this.#context.takeFirstTerminal(host) : undefined;
      if (first) this.#take(first);
      this.#pane = first ? Promise.resolve(first) : this.#make();
    }
    this.#stops.push(api.onDidVisibilityChange(({ isVisible }) => this.#show(isVisible)));
    // Dockview calls a panel visible until its group has heard which of its panels is active: code of those that are not is not fetched.
    queueMicrotask(() => { if (!this.#disposed) this.#show(api.isVisible); });
  }

  /** At once if the pane is there, so that no key is lost in between. */
  focus(): void {
    if (this.#present) { this.#present.focus(); return; }
    this.#pane ??= this.#make();
    void this.#pane.then((pane) => pane?.focus());
  }

  dispose(): void {
    this.#disposed = true;
    for (const stop of this.#stops) stop.dispose();
    void this.#pane?.then((pane) => pane?.dispose());
    this.#gone();
  }

  #show(visible: boolean): void {
    this.#visible = visible;
    if (visible) this.#pane ??= this.#make();
    void this.#pane?.then((pane) => pane?.visible?.(this.#visible && !this.#disposed));
  }

  #take(pane: Pane): Pane {
    this.#present = pane;
    this.element.replaceChildren(pane.element);
    return pane;
  }

  async #build(parameters: PaneParameters, host: PaneHost): Promise<Pane | undefined> {
    try {
      const maker = this.#kind === "terminal" ? this.#context.terminalPane : await MAKERS[this.#kind]();
      if (this.#disposed) return undefined;
      return this.#take(maker(this.#context, parameters, host));
    } catch (error) {
      this.element.replaceChildren(element("p", { class: "problem", role: "alert" }, `This pane could not be opened: ${errorText(error)}`));
      return undefined;
    }
  }
}
