// readlink, realpath and pwd: where names lead.

import { Failure, type Result } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { join } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

/** The path without symbolic links, `.` and `..`. `missing`: how much may not exist. */
export function realPath(system: NativeSystem, path: string, missing: "nothing" | "last" | "anything"): Result<string> {
  const start = path.startsWith("/") ? "/" : system.workingDirectory();
  if (start instanceof Failure) return start;
  if (path === "") return new Failure("NotFound");
  let done = path.startsWith("/") ? "" : start === "/" ? "" : start;
  let parts = path.split("/").filter((part) => part !== "");
  for (let links = 0; parts.length > 0;) {
    const [part, ...rest] = parts as [string, ...string[]];
    parts = rest;
    if (part === ".") continue;
    if (part === "..") { done = done.slice(0, done.lastIndexOf("/")); continue; }
    const next = `${done}/${part}`;
    const stat = system.stat(next, false);
    if (stat instanceof Failure) {
      if (missing === "nothing" || (missing === "last" && (rest.length > 0 || stat.error !== "NotFound"))) return stat;
    } else if (stat.kind === "link") {
      if (++links > 40) return new Failure("LinkLoop");
      const target = system.readLink(next);
      if (target instanceof Failure) return target;
      if (target.startsWith("/")) done = "";
      parts = [...target.split("/").filter((one) => one !== ""), ...rest];
      continue;
    } else if (rest.length > 0 && stat.kind !== "directory" && missing !== "anything") return new Failure("NotDirectory");
    done = next;
  }
  return done === "" ? "/" : done;
}

export const realpath = utility({ usage: "realpath [-ems] FILE...", flags: "emsqz", long: { "canonicalize-existing": "e", "canonicalize-missing": "m", strip: "s", "no-symlinks": "s" } }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  for (const path of tool.operands) {
    const found = tool.check(realPath(tool.system, path, tool.has("e") ? "nothing" : tool.has("m") ? "anything" : "last"), path);
    if (found !== undefined) tool.out.line(found);
  }
});

export const readlink = utility({ usage: "readlink [-efmn] FILE...", flags: "efmnqsv", long: { canonicalize: "f", "no-newline": "n" } }, (tool: Tool) => {
  if (tool.operands.length === 0) tool.quit("missing operand");
  const canonical = tool.has("e") || tool.has("f") || tool.has("m");
  for (const path of tool.operands) {
    const found = canonical ? realPath(tool.system, path, tool.has("e") ? "nothing" : tool.has("m") ? "anything" : "last") : tool.system.readLink(path);
    if (found instanceof Failure) { tool.status = 1; if (tool.has("v")) tool.complain(`${path}: ${found.message}`); continue; }
    tool.out.text(found + (tool.has("n") && tool.operands.length === 1 ? "" : "\n"));
  }
});

export const pwd = utility({ usage: "pwd [-LP]", flags: "LP" }, (tool: Tool) => {
  const said = tool.system.env.get("PWD");
  if (!tool.has("P") && said?.startsWith("/") && !/\/\.{1,2}(\/|$)/.test(said)) {
    const [a, b] = [tool.system.stat(said), tool.system.stat(".")];
    if (!(a instanceof Failure) && !(b instanceof Failure) && a.inode === b.inode && a.device === b.device) { tool.out.line(said); return; }
  }
  const path = tool.check(tool.system.workingDirectory(), "cannot find the working directory");
  if (path !== undefined) tool.out.line(path);
});

/** A new name below a directory. */
export const mktemp = utility({ usage: "mktemp [-du] [-p DIRECTORY] [TEMPLATE]", flags: "dutq", values: "p", long: { directory: "d", "dry-run": "u", tmpdir: "p" } }, (tool: Tool) => {
  const { system } = tool;
  const template = tool.operands[0] ?? "tmp.XXXXXXXXXX";
  const match = /X{3,}(?=[^X]*$)/.exec(template);
  if (!match) tool.quit(`too few X's in template '${template}'`);
  const directory = tool.value("p") ?? (tool.operands.length === 0 || tool.has("t") ? system.env.get("TMPDIR") ?? "/tmp" : undefined);
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (let attempt = 0; attempt < 100; attempt++) {
    const random = system.random(match[0].length);
    if (random instanceof Failure) tool.quit(random.message);
    const name = template.slice(0, match.index) + [...random].map((byte) => letters[byte % letters.length]).join("") + template.slice(match.index + match[0].length);
    const path = directory === undefined ? name : join(directory, name);
    if (tool.has("u")) { tool.out.line(path); return 0; }
    const made = tool.has("d") ? system.makeDirectory(path, 0o700) : system.open(path, 2 | 8 | 16, 0o600);
    if (!(made instanceof Failure)) { if (!tool.has("d")) system.close(made); tool.out.line(path); return 0; }
    if (made.error !== "Exists") tool.quit(`failed to create ${tool.has("d") ? "directory" : "file"} via template '${template}': ${made.message}`);
  }
  return tool.quit(`failed to create via template '${template}': File exists`);
});
