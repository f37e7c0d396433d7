// What Tab completes in a shell: the first word of a command as a command, `$name` as a variable, all else as a file.

import { Failure } from "../../api/failure.ts";
import { builtins } from "../builtins/table.ts";
import type { Shell } from "../shell.ts";
import type { Completions } from "./line-editor.ts";

const words = ["if", "then", "elif", "else", "fi", "while", "until", "for", "do", "done", "case", "esac"];
const quote = (text: string): string => text.replace(/[\s"'\\$`&|;<>()*?[\]#~=%!{}]/g, "\\$&");
const unquote = (text: string): string => text.replace(/\\(.)/g, "$1").replace(/^["']/, "");

export function complete(shell: Shell, text: string, cursor: number): Completions {
  const before = text.slice(0, cursor);
  const word = /(?:[^\s"'\\;|&<>()`]|\\.|"[^"]*|'[^']*)*$/.exec(before)![0];
  const start = cursor - word.length;
  const show = (candidate: string) => unquote(candidate).trimEnd().replace(/^.*\/(?=.)/, "");

  const variable = /\$(\{?)([A-Za-z_][A-Za-z0-9_]*)?$/.exec(word);
  if (variable) {
    const head = word.slice(0, word.length - (variable[2]?.length ?? 0));
    const names = shell.state.variables.names().filter((name) => name.startsWith(variable[2] ?? ""));
    const tail = variable[1] === "{" ? "}" : "";
    return { start, candidates: names.map((name) => head + name + tail), show: (candidate) => candidate.slice(head.length) };
  }
  const isCommand = /(^|[;|&(`]|\b(?:if|then|else|elif|while|until|do|sudo|exec|command|time|xargs)\s)\s*$/.test(before.slice(0, start)) && !/[<>]\s*$/.test(before.slice(0, start));
  if (isCommand && !word.includes("/")) {
    const prefix = unquote(word);
    const names = new Set([...builtins.keys(), ...shell.state.functions.keys(), ...shell.state.aliases.keys(), ...words, ...shell.search.names(shell.state.variables.get("PATH"))]);
    return { start, candidates: [...names].filter((name) => name.startsWith(prefix)).sort().map((name) => quote(name) + " "), show };
  }
  return { start, candidates: files(shell, unquote(word)), show };
}

function files(shell: Shell, path: string): string[] {
  const slash = path.lastIndexOf("/") + 1;
  const directory = path.slice(0, slash);
  const prefix = path.slice(slash);
  const home = shell.state.variables.get("HOME") ?? "";
  const real = directory.startsWith("~/") ? home + directory.slice(1) : directory;
  const entries = shell.system.readDirectory(real === "" ? "." : real);
  if (entries instanceof Failure) return [];
  const matching = entries.filter(({ name }) => name !== "." && name !== ".." && name.startsWith(prefix) && (prefix.startsWith(".") || !name.startsWith(".")));
  return matching.map(({ name, kind }) => {
    let isDirectory = kind === "directory";
    if (kind === "link") { const stat = shell.system.stat(real + name); isDirectory = !(stat instanceof Failure) && stat.kind === "directory"; }
    const head = directory.startsWith("~/") ? "~/" + quote(directory.slice(2)) : quote(directory);
    return head + quote(name) + (isDirectory ? "/" : " ");
  }).sort();
}
