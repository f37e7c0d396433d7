// The prompt: PS1 or PS2, with parameters expanded as POSIX has it, and the escapes that people know from bash: \w \W \u \h \$ \n \e \[ \].

import { workingDirectory } from "../builtins/directories.ts";
import { ExpansionFailure } from "../expansion.ts";
import { Parser, SyntaxFailure } from "../parser.ts";
import type { Shell } from "../shell.ts";

export function expandPrompt(shell: Shell, name: "PS1" | "PS2"): string {
  const text = shell.state.variables.get(name) ?? "";
  const home = shell.state.variables.get("HOME");
  const directory = () => { const path = workingDirectory(shell); return home && home !== "/" && (path === home || path.startsWith(home + "/")) ? "~" + path.slice(home.length) : path; };
  const escaped = text.replace(/\\([wWuhsn$eE[\]\\]|033)/g, (_, letter: string) => {
    switch (letter) {
      case "w": return directory();
      case "W": return directory().replace(/^.*\/(?=.)/, "");
      case "u": return shell.state.variables.get("USER") ?? "root";
      case "h": return shell.state.variables.get("HOSTNAME") ?? "grailos";
      case "s": return shell.state.name;
      case "n": return "\n";
      case "$": return "#";
      case "e": case "E": case "033": return "\x1b";
      case "\\": return "\\";
      default: return "";
    }
  });
  if (!/[$`]/.test(escaped)) return escaped;
  const status = shell.state.status;
  try {
    const list = new Parser(`: "${escaped.replace(/(["\\])/g, "\\$1")}"`).parseNext();
    const command = list?.[0]?.andOr.first.commands[0];
    return command?.type === "simple" ? shell.expansion.fields(command.words.slice(1)).join(" ") : escaped;
  } catch (thrown) {
    if (thrown instanceof SyntaxFailure || thrown instanceof ExpansionFailure) return escaped;
    throw thrown;
  } finally {
    shell.state.status = status;
  }
}
