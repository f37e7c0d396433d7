// What the dock needs of a pane. A pane is made when its tab is first shown, told when it comes into view and leaves it, and
// disposed of when it is closed.

import type { PageContext } from "../services/page-context.ts";

export interface Pane {
  readonly element: HTMLElement;
  /** Put the keyboard where work goes on. */
  focus(): void;
  /** Called with true when it comes into view, false when it leaves it. */
  visible?(visible: boolean): void;
  dispose(): void;
}

export type PaneKind = "terminal" | "picture" | "details" | "timeline" | "files" | "storage" | "placement" | "log" | "welcome";
/** What a pane is told at its making: for terminals `{ terminal, profile }`. Part of the stored layout. */
export type PaneParameters = Record<string, unknown>;
export interface PaneHost { setTitle(title: string): void; close(): void }
export type PaneMaker = (context: PageContext, parameters: PaneParameters, host: PaneHost) => Pane;

export const PANE_TITLES: Record<PaneKind, string> = {
  terminal: "Terminal", picture: "System", details: "Details", timeline: "Messages", files: "Files", storage: "Storage", placement: "Placement", log: "Log", welcome: "Welcome",
};
