// Running other programs, for xargs, find, env and time: found on PATH, awaited, with the status a shell would give.

import { Failure } from "../api/failure.ts";
import { CommandSearch } from "../shell/command-search.ts";
import type { Tool } from "./utility.ts";

type Environment = ReadonlyMap<string, string>;

export function run(tool: Tool, command: readonly string[], env: Environment = tool.system.env, input?: number): number {
  if (command.length === 0) return 0;
  const child = start(tool, command, env, input);
  return "status" in child ? child.status : finish(tool, child.pid, command[0]!);
}

/** Start it: its process, or the status that tells why not, after a complaint. */
export function start(tool: Tool, command: readonly string[], env: Environment = tool.system.env, input?: number): { pid: number } | { status: number } {
  const { system } = tool, name = command[0] ?? "";
  tool.out.flush();
  const found = new CommandSearch(system).find(name, env.get("PATH"));
  if (!("path" in found)) { tool.complain(found.message.replace(/: not found$/, ": No such file or directory"), found.status); return { status: found.status }; }
  const fds = new Map([0, 1, 2].filter((fd) => system.isOpen(fd)).map((fd) => [fd, fd]));
  if (input !== undefined) fds.set(0, input);
  let child = system.spawn({ path: found.path, args: command, env, fds });
  if (child instanceof Failure && child.error === "BadProgram") child = system.spawn({ path: "/usr/bin/sh", args: ["sh", found.path, ...command.slice(1)], env, fds });
  if (child instanceof Failure) { const status = child.error === "NotFound" ? 127 : 126; tool.complain(`${name}: ${child.message}`, status); return { status }; }
  return { pid: child.pid };
}

/** Await it: its status. */
export function finish(tool: Tool, pid: number, name: string): number {
  const { system } = tool;
  for (;;) {
    const ended = system.wait(pid);
    if (ended instanceof Failure) { if (ended.error === "Interrupted") continue; tool.complain(`${name}: ${ended.message}`); return 126; }
    if (!ended) continue;
    if (ended.reason !== "") tool.complain(`${name}: ${ended.reason}`);
    return ended.status;
  }
}
