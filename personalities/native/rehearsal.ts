// A rehearsal of the first prompt. An engine compiles a function when it is first called, and a shell calls hundreds before it has its prompt: a Worker that
// will run one, and waits until it is told to, calls them before, on a system that has nothing. Nothing is left of it but the compiled code.

import { Failure } from "./api/failure.ts";
import type { NativeSystem } from "./api/native-system.ts";
import { sh } from "./shell/main.ts";

/** Runs a login shell that finds no file, whose output goes nowhere, and whose terminal is at its end: its status. */
export function rehearse(): number {
  const known: Partial<NativeSystem> = {
    pid: 1, parent: 0, group: 1, umask: 0o022, args: ["-sh"], env: new Map([["HOME", "/"], ["PWD", "/"]]),
    isTerminal: () => true,
    terminal: () => ({ modes: 0, columns: 80, rows: 24, foreground: 1, pending: 0 }),
    setTerminalModes: () => 0,
    setForeground: () => 0,
    duplicate: (_fd, least = 0) => least,
    close: () => 0,
    read: () => new Uint8Array(0),
    write: (_fd, data) => data.length,
    interrupted: () => false,
  };
  const refuse = (): Failure => new Failure("NotSupported");
  return sh(new Proxy(known as NativeSystem, { get: (system, name) => Reflect.get(system, name) ?? refuse }));
}
