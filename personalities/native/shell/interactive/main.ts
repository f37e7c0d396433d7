// The interactive shell: prompt, line, run, again. Jobs that ended are told before the prompt.

import { Failure } from "../../api/failure.ts";
import { TerminalMode, type Terminal } from "../../api/native-system.ts";
import { decodeScript, readFile } from "../../api/streams.ts";
import { BreakLoop, ContinueLoop, ExitShell, LineInterrupted, ReturnFromFunction } from "../control-flow.ts";
import { ExpansionFailure } from "../expansion.ts";
import { Parser, SyntaxFailure } from "../parser.ts";
import { FIRST_PRIVATE } from "../redirection.ts";
import type { Shell } from "../shell.ts";
import { complete } from "./completion.ts";
import { loadHistory, remember } from "./history-file.ts";
import { LineEditor, type Line } from "./line-editor.ts";
import { expandPrompt } from "./prompt.ts";

export function runInteractively(shell: Shell): number {
  const { system } = shell;
  shell.interactive = true;
  const terminal = system.duplicate(0, FIRST_PRIVATE);
  if (terminal instanceof Failure) { shell.complain(terminal.message); return 2; }
  if (system.isTerminal(terminal)) {
    shell.terminal = terminal;
    shell.state.options.monitor = true;
    system.setForeground(terminal, system.group);
  }
  loadHistory(shell);
  const status = shell.toExit(() => {
    startupFile(shell);
    return readCommands(shell, terminal);
  });
  return status;
}

/** $ENV, as POSIX has it; ~/.profile for a login shell. */
function startupFile(shell: Shell): void {
  const { variables } = shell.state;
  const files = [shell.system.args[0]?.startsWith("-") ? "/etc/profile" : undefined, shell.system.args[0]?.startsWith("-") ? `${variables.get("HOME") ?? ""}/.profile` : undefined, variables.get("ENV")];
  for (const file of files) {
    const data = file ? readFile(shell.system, file) : undefined;
    if (data && !(data instanceof Failure)) guarded(shell, () => shell.runText(decodeScript(data)));
  }
}

/** Run a line; what would end a script ends only the line. */
function guarded(shell: Shell, action: () => number): void {
  try {
    shell.state.status = action();
  } catch (thrown) {
    shell.loops = shell.functions = shell.tested = 0;
    if (thrown instanceof LineInterrupted) shell.state.status = 130;
    else if (thrown instanceof ExpansionFailure) { shell.complain(thrown.message); shell.state.status = 2; }
    else if (thrown instanceof ReturnFromFunction) shell.state.status = thrown.status;
    else if (thrown instanceof BreakLoop || thrown instanceof ContinueLoop) shell.state.status = 0;
    else throw thrown;
  }
}

function readCommands(shell: Shell, terminal: number): number {
  const { system, state } = shell;
  /** The modes that programs get, and those in which lines are edited. */
  let modes = TerminalMode.Canonical | TerminalMode.Echo | TerminalMode.Signals | TerminalMode.MapCrToNl | TerminalMode.MapNlToCrNl | TerminalMode.EchoErase | TerminalMode.EchoControl;
  let raw: number | undefined;
  /** As the terminal is now: until something was read, in which time may have passed. Each time it is asked costs a call to another Worker. */
  let now: Terminal | undefined;
  const editor = new LineEditor({
    read: () => {
      const bytes = system.read(terminal, 4096);
      now = undefined;
      return bytes instanceof Failure ? (bytes.error === "Interrupted" ? "interrupted" : undefined) : bytes;
    },
    write: (text) => { shell.print(text, 2); },
    columns: () => (now ?? look())?.columns || 80,
    complete: (text, cursor) => complete(shell, text, cursor),
  }, shell.history);
  const look = (): Terminal | undefined => {
    const found = system.terminal(terminal);
    return found instanceof Failure ? undefined : found;
  };
  const readLine = (name: "PS1" | "PS2"): Line => {
    now = look();
    if (now) modes = now.modes;
    raw ??= modes & ~(TerminalMode.Canonical | TerminalMode.Echo | TerminalMode.Signals | TerminalMode.MapCrToNl);
    system.setTerminalModes(terminal, raw);
    try { return editor.readLine(expandPrompt(shell, name)); } finally { system.setTerminalModes(terminal, modes); }
  };

  for (;;) {
    for (const line of shell.jobs.news()) shell.print(line + "\n", 2);
    system.interrupted();
    const line = readLine("PS1");
    if (line.type === "interrupt") { state.status = 130; continue; }
    if (line.type === "end-of-file") {
      if (shell.jobs.all().some((job) => job.stopped) && !shell.warned) { shell.warned = true; shell.print("\nThere are stopped jobs.\n", 2); continue; }
      shell.print("exit\n", 2);
      throw new ExitShell(state.status);
    }
    shell.warned = false;
    const text = completeCommand(shell, line.text, () => readLine("PS2"));
    if (text === undefined) { state.status = 130; continue; }
    remember(shell, text);
    guarded(shell, () => runLines(shell, text));
  }
}

/** Read on while the parser says that more must come; undefined if that was interrupted. */
function completeCommand(shell: Shell, first: string, more: () => Line): string | undefined {
  let text = first;
  for (;;) {
    try {
      const parser = new Parser(text, shell.state.aliases);
      while (parser.parseNext()) { /* only to see whether it is complete */ }
      if (/(^|[^\\])(\\\\)*\\$/.test(text)) throw new SyntaxFailure("", 1, true);
      return text;
    } catch (thrown) {
      if (!(thrown instanceof SyntaxFailure)) throw thrown;
      if (!thrown.incomplete) return text;
    }
    const line = more();
    if (line.type === "interrupt") return undefined;
    if (line.type === "end-of-file") return text;
    text += "\n" + line.text;
  }
}

function runLines(shell: Shell, text: string): number {
  if (shell.state.options.verbose) shell.print(text + "\n", 2);
  return shell.runText(text);
}
