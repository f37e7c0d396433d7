// The keys of the page, in one list: boot/keyboard acts on them, the help dialog shows them. Terminals keep all plain and Ctrl
// keys for the programs in them, so the page takes only Alt combinations (and F6, which programs here do not use).

export type Command =
  | "focus-next" | "focus-previous" | "focus-left" | "focus-right" | "focus-up" | "focus-down" | "tab-next" | "tab-previous"
  | "new-shell" | "new-python" | "close-pane" | "split-right" | "split-down" | "maximize" | "move-left" | "move-right" | "move-up" | "move-down"
  | "show-picture" | "show-timeline" | "show-files" | "show-storage" | "show-placement" | "show-log" | "show-welcome" | "share" | "help" | "theme" | "screen-reader" | "reset-layout";

/** `keys`: as KeyboardEvent.code with modifiers in the order Ctrl, Alt, Shift. */
export interface Shortcut { command: Command; keys: string; label: string; group: "Panes" | "Open" | "Page" }

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "focus-next", keys: "F6", label: "Next pane", group: "Panes" },
  { command: "focus-previous", keys: "Shift+F6", label: "Pane before", group: "Panes" },
  { command: "focus-left", keys: "Alt+ArrowLeft", label: "Pane to the left", group: "Panes" },
  { command: "focus-right", keys: "Alt+ArrowRight", label: "Pane to the right", group: "Panes" },
  { command: "focus-up", keys: "Alt+ArrowUp", label: "Pane above", group: "Panes" },
  { command: "focus-down", keys: "Alt+ArrowDown", label: "Pane below", group: "Panes" },
  { command: "tab-next", keys: "Alt+PageDown", label: "Next tab of the pane", group: "Panes" },
  { command: "tab-previous", keys: "Alt+PageUp", label: "Tab before", group: "Panes" },
  { command: "move-left", keys: "Alt+Shift+ArrowLeft", label: "Move the pane to the left", group: "Panes" },
  { command: "move-right", keys: "Alt+Shift+ArrowRight", label: "Move the pane to the right", group: "Panes" },
  { command: "move-up", keys: "Alt+Shift+ArrowUp", label: "Move the pane up", group: "Panes" },
  { command: "move-down", keys: "Alt+Shift+ArrowDown", label: "Move the pane down", group: "Panes" },
  { command: "split-right", keys: "Alt+Backslash", label: "New shell at the right", group: "Panes" },
  { command: "split-down", keys: "Alt+Minus", label: "New shell below", group: "Panes" },
  { command: "maximize", keys: "Alt+Enter", label: "Whole window, and back", group: "Panes" },
  { command: "close-pane", keys: "Alt+KeyW", label: "Close the pane", group: "Panes" },
  { command: "new-shell", keys: "Alt+KeyT", label: "New shell", group: "Open" },
  { command: "new-python", keys: "Alt+KeyP", label: "New Python (Linux)", group: "Open" },
  { command: "show-picture", keys: "Alt+Digit1", label: "Picture of the system", group: "Open" },
  { command: "show-timeline", keys: "Alt+Digit2", label: "Messages", group: "Open" },
  { command: "show-files", keys: "Alt+Digit3", label: "Files", group: "Open" },
  { command: "show-storage", keys: "Alt+Digit6", label: "Storage: disks and the buffer cache", group: "Open" },
  { command: "show-placement", keys: "Alt+Digit7", label: "Placement of servers", group: "Open" },
  { command: "show-log", keys: "Alt+Digit4", label: "Log of the system", group: "Open" },
  { command: "show-welcome", keys: "Alt+Digit5", label: "Welcome and tour", group: "Open" },
  { command: "share", keys: "Alt+KeyS", label: "Share this session as a link", group: "Page" },
  { command: "theme", keys: "Alt+KeyL", label: "Dark, light, as the system has it", group: "Page" },
  { command: "screen-reader", keys: "Alt+KeyR", label: "Terminals for screen readers, on and off", group: "Page" },
  { command: "reset-layout", keys: "Alt+Shift+KeyR", label: "Panes back to their first places", group: "Page" },
  { command: "help", keys: "Alt+KeyH", label: "This help", group: "Page" },
];

export interface KeyPress { code: string; ctrlKey: boolean; altKey: boolean; shiftKey: boolean; metaKey: boolean }

const byKeys = new Map(SHORTCUTS.map((shortcut) => [shortcut.keys, shortcut.command]));

export function commandOf(press: KeyPress): Command | undefined {
  if (press.metaKey) return undefined;
  return byKeys.get(`${press.ctrlKey ? "Ctrl+" : ""}${press.altKey ? "Alt+" : ""}${press.shiftKey ? "Shift+" : ""}${press.code}`);
}

/** "Alt+Shift+ArrowLeft" → ["Alt", "Shift", "←"]. */
export function keyNames(keys: string): string[] {
  const names: Record<string, string> = {
    ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageDown: "Page Down", PageUp: "Page Up", Backslash: "\\", Minus: "-",
  };
  return keys.split("+").map((key) => names[key] ?? key.replace(/^(Key|Digit)/, ""));
}
