// What the dock holds: an empty element until the pane is first shown, then the pane. All panes but the first terminal wait for
// the prompt, so that nothing competes with the boot.

import type { GroupPanelPartInitParameters, IContentRenderer } from "dockview";
import type { PageContext } from "../services/page-context.ts";
import { element, errorText } from "./element.ts";
import type { Pane, PaneHost, PaneKind, PaneMaker, PaneParameters } from "./pane.ts";
import { terminalPane } from "./terminal-pane.ts";

const MAKERS: Record<Exclude<PaneKind, "terminal">, () => Promise<PaneMaker>> = {
  picture: () => import("./picture-pane.ts").then((module) => module.picturePane),
  details: () => import("./details-pane.ts").then((module) => module.detailsPane),
  timeline: () => import("./timeline-pane.ts").then((module) => module.timelinePane),
  files: () => import("./files-pane.ts").then((module) => module.filesPane),
  log: () => import("./log-pane.ts").then((module) => module.logPane),
  welcome: () => import("./welcome-pane.ts").then((module) => module.welcomePane),
};

export class LazyPane implements IContentRenderer {
  readonly element = element("div", { class: "pane-holder" });
  #context: PageContext;
  #kind: PaneKind;
  #gone: () => void;
  #pane: Promise<Pane | undefined> | undefined;
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
    this.#make = () => this.#build(params as PaneParameters, host);
    // A terminal exists from the start: the machine types into it whether it is in view or not.
    if (this.#kind === "terminal") this.#pane = this.#make();
    this.#stops.push(api.onDidVisibilityChange(({ isVisible }) => this.#show(isVisible)));
    this.#show(api.isVisible);
  }

  async focus(): Promise<void> {
    this.#pane ??= this.#make();
    (await this.#pane)?.focus();
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

  async #build(parameters: PaneParameters, host: PaneHost): Promise<Pane | undefined> {
    try {
      // Only the first terminal takes part in the boot; nothing else may compete with it.
      if (parameters["terminal"] !== 0) await this.#context.ready;
      const maker = this.#kind === "terminal" ? terminalPane : await MAKERS[this.#kind]();
      if (this.#disposed) return undefined;
      const pane = maker(this.#context, parameters, host);
      this.element.replaceChildren(pane.element);
      return pane;
    } catch (error) {
      this.element.replaceChildren(element("p", { class: "problem", role: "alert" }, `This pane could not be opened: ${errorText(error)}`));
      return undefined;
    }
  }
}
