// Running other programs, for xargs, find, env and time: found on PATH, awaited, with the status a shell would give.

import { Failure } from "../api/failure.ts";
import { CommandSearch } from "../shell/command-search.ts";
import type { Tool } from "./utility.ts";

export function run(tool: Tool, command: readonly string[], env: ReadonlyMap<string, string> = tool.system.env, input?: number): number {
  const { system } = tool;
  const [name] = command;
  if (name === undefined) return 0;
  tool.out.flush();
  const found = new CommandSearch(system).find(name, env.get("PATH"));
  if (!("path" in found)) { tool.complain(found.message.replace(/: not found$/, ": No such file or directory"), found.status); return found.status; }
  const fds = new Map([0, 1, 2].filter((fd) => system.isOpen(fd)).map((fd) => [fd, fd]));
  if (input !== undefined) fds.set(0, input);
  let child = system.spawn({ path: found.path, args: command, env, fds });
  if (child instanceof Failure && child.error === "BadProgram") child = system.spawn({ path: "/usr/bin/sh", args: ["sh", found.path, ...command.slice(1)], env, fds });
  if (child instanceof Failure) { const status = child.error === "NotFound" ? 127 : 126; tool.complain(`${name}: ${child.message}`, status); return status; }
  for (;;) {
    const ended = system.wait(child.pid);
    if (ended instanceof Failure) { if (ended.error === "Interrupted") continue; tool.complain(`${name}: ${ended.message}`); return 126; }
    if (!ended) continue;
    if (ended.reason !== "") tool.complain(`${name}: ${ended.reason}`);
    return ended.status;
  }
}
