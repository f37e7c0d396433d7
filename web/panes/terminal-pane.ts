// One terminal: xterm.js on a port of the console server. The page's own shortcuts pass through; all else goes to the program.
// Ctrl+Shift+C copies, Ctrl+Shift+V pastes, as in other terminals.

import { FitAddon } from "@xterm/addon-fit";
import { Terminal, type ITheme } from "@xterm/xterm";
import { commandOf } from "../model/shortcuts.ts";
import { profileOf } from "../model/terminal-profiles.ts";
import type { PageContext } from "../services/page-context.ts";
import { themeColor } from "../services/theme-color.ts";
import { element, errorText } from "./element.ts";
import type { Pane, PaneHost, PaneParameters } from "./pane.ts";

/** What a terminal needs of the page: little, as the first one is there before the rest. */
export type TerminalContext = Pick<PageContext, "preferences" | "announcer" | "theme" | "terminals">;

const FONT = 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';

/** What xterm.js and its fit add-on leave for the scroll bar, and the pane's padding (style/panes.css), in pixels. */
const SCROLL_BAR = 14, PADDING = { across: 10, down: 8 };

/** `room`: of the pane, in pixels, if it is known already. */
export function terminalPane(context: TerminalContext, parameters: PaneParameters, host: PaneHost, room?: { width: number; height: number }): Pane {
  const number = parameters["terminal"] as number;
  const profile = profileOf(String(parameters["profile"] ?? "shell"));
  const title = `${profile.title} ${number + 1}`;
  host.setTitle(title);

  const holder = element("div", { class: "terminal-holder" });
  const root = element("div", { class: "pane pane-terminal", role: "group", "aria-label": `Terminal: ${title}` }, holder);
  const { fontSize, screenReader } = context.preferences.current.value;
  const terminal = new Terminal({
    ...(room ? cellsIn(room, fontSize) : {}), fontFamily: FONT, fontSize, scrollback: 5000, cursorBlink: false, allowProposedApi: false,
    macOptionIsMeta: true, screenReaderMode: screenReader, minimumContrastRatio: 4.5,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  // Before it is opened, which draws it: the theme comes with the subscription.
  const stops = [
    context.theme.shown.subscribe(() => { terminal.options.theme = terminalTheme(); }),
    context.preferences.current.subscribe(({ fontSize, screenReader }) => {
      if (terminal.options.screenReaderMode !== screenReader) terminal.options.screenReaderMode = screenReader;
      if (terminal.options.fontSize === fontSize) return;
      terminal.options.fontSize = fontSize;
      refit();
    }),
  ];
  terminal.open(holder);
  terminal.textarea?.setAttribute("aria-label", `Terminal input: ${title}`);

  function refit(): void {
    if (!root.isConnected || root.clientWidth < 40 || root.clientHeight < 20) return;
    fit.fit();
  }
  let pending = 0;
  const watcher = new ResizeObserver(() => {
    // Once per frame: a dragged splitter fires for each pixel.
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(refit);
  });
  watcher.observe(root);

  terminal.attachCustomKeyEventHandler((event) => {
    if (event.ctrlKey && event.shiftKey && event.code === "KeyC") {
      if (event.type === "keydown" && terminal.hasSelection()) void navigator.clipboard?.writeText(terminal.getSelection());
      event.preventDefault();
      return false;
    }
    // Ctrl+Shift+V: the browser's own paste, which xterm takes as such.
    if (event.ctrlKey && event.shiftKey && event.code === "KeyV") return false;
    return commandOf(event) === undefined;
  });
  const encoder = new TextEncoder();
  terminal.onData((text) => {
    if (context.terminals.hasExited(number)) {
      if (text === "\r") restart();
      return;
    }
    context.terminals.input(number, encoder.encode(text));
  });
  terminal.onBinary((text) => context.terminals.input(number, Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255)));
  terminal.onResize(({ cols, rows }) => context.terminals.resize(number, cols, rows));
  terminal.onTitleChange((text) => host.setTitle(text.slice(0, 40) || title));

  function restart(): void {
    terminal.write("\r\n");
    context.terminals.restart(number, profile.profile).catch((error: unknown) => terminal.write(`\r\n\x1b[31m${errorText(error)}\x1b[0m\r\n`));
  }

  context.terminals.attach(number, {
    write: (data, drawn) => terminal.write(data, drawn),
    exited: (status) => {
      terminal.write(`\r\n\x1b[2m[${profile.title} ended with status ${status}. Enter starts it again; Alt+W closes this pane.]\x1b[0m\r\n`);
      context.announcer.say(`${title} ended with status ${status}.`);
    },
  }, profile.profile).catch((error: unknown) => {
    terminal.write(`\x1b[31mThis terminal could not be opened: ${errorText(error)}\x1b[0m\r\n`);
  });
  // The program should know the size before it draws.
  queueMicrotask(() => {
    refit();
    context.terminals.resize(number, terminal.cols, terminal.rows);
  });

  return {
    element: root,
    focus: () => terminal.focus(),
    visible: (visible) => { if (visible) refit(); },
    dispose: () => {
      watcher.disconnect();
      cancelAnimationFrame(pending);
      for (const stop of stops) stop();
      context.terminals.close(number);
      terminal.dispose();
    },
  };
}

/** The size that a terminal will have there. It draws all its rows anew when it gets another one, so it should start with the right one; if this is
 *  wrong by a cell, it is fitted once more. */
function cellsIn({ width, height }: { width: number; height: number }, fontSize: number): { cols: number; rows: number } {
  const context = new OffscreenCanvas(1, 1).getContext("2d")!, ratio = devicePixelRatio;
  context.font = `${fontSize}px ${FONT}`;
  const letter = context.measureText("W"), tall = Math.ceil((letter.fontBoundingBoxAscent + letter.fontBoundingBoxDescent) * ratio) / ratio;
  return { cols: Math.max(2, Math.floor((width - PADDING.across - SCROLL_BAR) / letter.width)), rows: Math.max(1, Math.floor((height - PADDING.down) / tall)) };
}

function terminalTheme(): ITheme {
  const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
  const theme: Record<string, string> = {
    background: themeColor("terminal-background"), foreground: themeColor("terminal-text"), cursor: themeColor("accent"), cursorAccent: themeColor("terminal-background"),
    selectionBackground: themeColor("terminal-selection"),
  };
  for (const name of names) {
    theme[name] = themeColor(`ansi-${name}`);
    theme[`bright${name[0].toUpperCase()}${name.slice(1)}`] = themeColor(`ansi-bright-${name}`);
  }
  return theme;
}
