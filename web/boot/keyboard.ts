// Hands the page's shortcuts to their commands, wherever the focus is, terminals included. Dialogs keep their keys.

import { commandOf, type Command } from "../model/shortcuts.ts";

export function listenForShortcuts(run: (command: Command) => void): void {
  document.addEventListener("keydown", (event) => {
    const command = commandOf(event);
    if (!command || event.repeat && !/^(focus|tab|move)/.test(command) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    run(command);
  }, { capture: true });
}
