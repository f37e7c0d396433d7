// Where the panes stand the first time, and where the first terminal will stand, so that it can be there before the dock is.

import type { Preferences } from "../model/preferences.ts";

export const FIRST_TERMINAL = { terminal: 0, profile: "shell" } as const;
/** Height of the dock's tabs, pixels; style/dock.css says the same to dockview. */
export const TABS_HEIGHT = 34;
/** Pixels that hold 80 columns at the font size of small screens. */
const LEAST_TERMINAL = 665;
/** What the panes at the right have of the height: the picture, and those below it. */
const PICTURE_SHARE = 0.7;

export interface Place { left: number; top: number; width: number; height: number }

/** Width of the panes at the right of the first terminal. */
export function sideWidth(width: number): number { return Math.round(Math.max(width * 0.42, Math.min(width * 0.5, width - LEAST_TERMINAL))); }

/** Height of the panes below the picture. */
export function belowHeight(height: number): number { return Math.round(height * (1 - PICTURE_SHARE)); }

/** What a pane should have of the dock's height when it is asked for; 0: it is of use however low it is. The board and its charts are looked at together. */
export function leastHeight(kind: string, height: number): number { return kind === "placement" || kind === "storage" ? Math.round(height * 0.6) : 0; }

/** Where the first terminal will be: as remembered with the layout, else as in the first places. */
export function firstTerminalPlace({ layout, firstTerminal }: Preferences, room: { width: number; height: number }): Place {
  if (layout !== undefined && firstTerminal) {
    return { left: firstTerminal.left * room.width, top: firstTerminal.top * room.height, width: firstTerminal.width * room.width, height: firstTerminal.height * room.height };
  }
  return { left: 0, top: TABS_HEIGHT, width: room.width - sideWidth(room.width), height: room.height - TABS_HEIGHT };
}
