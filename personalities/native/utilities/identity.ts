// uname, hostname, whoami, id, tty, clear, true, false: small answers about the system. There is one user, root: rights are capabilities.

import { Failure } from "../api/failure.ts";
import type { Program } from "../api/program.ts";
import { utility, type Tool } from "./utility.ts";

const VERSION = "0.1.0";

export const uname = utility({ usage: "uname [-amnoprsv]", flags: "amnoprsv", long: { all: "a" } }, (tool: Tool) => {
  const parts: readonly [string, string][] = [["s", "GrailOS"], ["n", tool.system.env.get("HOSTNAME") ?? "grailos"], ["r", VERSION], ["v", "microkernel"], ["m", "wasm32"], ["p", "wasm32"], ["o", "GrailOS"]];
  const wanted = parts.filter(([letter]) => tool.has(letter) || (tool.has("a") && letter !== "p") || (tool.given.length === 0 && letter === "s"));
  tool.out.line(wanted.map(([, text]) => text).join(" "));
});

export const hostname = utility({ usage: "hostname", flags: "sf" }, (tool: Tool) => { tool.out.line(tool.system.env.get("HOSTNAME") ?? "grailos"); });
export const whoami = utility({ usage: "whoami" }, (tool: Tool) => { tool.out.line(tool.system.env.get("USER") ?? "root"); });
export const id = utility({ usage: "id [-ugGn]", flags: "ugGnr" }, (tool: Tool) => {
  tool.out.line(["u", "g", "G"].some((letter) => tool.has(letter)) ? (tool.has("n") ? "root" : "0") : "uid=0(root) gid=0(root) groups=0(root)");
});
export const clear = utility({ usage: "clear" }, (tool: Tool) => { tool.out.text("\x1b[H\x1b[2J\x1b[3J"); });

export const tty = utility({ usage: "tty [-s]", flags: "s" }, (tool: Tool) => {
  const { system } = tool;
  const is = system.isTerminal(0);
  if (!tool.has("s")) {
    const processes = is ? system.processes() : [];
    const own = processes instanceof Failure ? undefined : processes.find(({ pid }) => pid === system.pid);
    tool.out.line(is ? (own && own.terminal >= 0 ? `/dev/tty${own.terminal}` : "/dev/tty") : "not a tty");
  }
  return is ? 0 : 1;
});

export const truth: Program = () => 0;
export const falsehood: Program = () => 1;
