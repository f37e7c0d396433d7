// chmod: permission bits.

import { Failure } from "../api/failure.ts";
import { changeMode, describeMode } from "./modes.ts";
import { join } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

/** A mode such as `-x` looks like an option. */
const isMode = (text: string): boolean => /^-[rwxXstugo]+([-+=,].*)?$/.test(text) && !/^-[Rvfc]+$/.test(text);

const program = utility({ usage: "chmod [-Rvc] MODE FILE...", flags: "Rvfc", long: { recursive: "R", verbose: "v" } }, (tool: Tool) => {
  const { system } = tool;
  const [mode, ...paths] = tool.operands;
  if (mode === undefined || paths.length === 0) tool.quit(mode === undefined ? "missing operand" : `missing operand after '${mode}'`);
  if (changeMode(mode, 0, false, 0) === undefined) tool.quit(`invalid mode: '${mode}'`);
  const change = (path: string, top: boolean): void => {
    const stat = system.stat(path, top);
    if (stat instanceof Failure) { tool.complain(`cannot access '${path}': ${stat.message}`); return; }
    if (stat.kind === "link") return;
    const next = changeMode(mode, stat.mode, stat.kind === "directory", system.umask)!;
    if (tool.check(system.setMode(path, next), `changing permissions of '${path}'`) !== undefined && (tool.has("v") || (tool.has("c") && next !== stat.mode))) {
      const show = (bits: number) => `${bits.toString(8).padStart(4, "0")} (${describeMode(stat.kind, bits).slice(1)})`;
      tool.out.line(next === stat.mode ? `mode of '${path}' retained as ${show(next)}` : `mode of '${path}' changed from ${show(stat.mode)} to ${show(next)}`);
    }
    if (!tool.has("R") || stat.kind !== "directory") return;
    const entries = tool.check(system.readDirectory(path), path);
    for (const { name } of entries ?? []) if (name !== "." && name !== "..") change(join(path, name), false);
  };
  for (const path of paths) change(path, true);
});

export const chmod: typeof program = (system) => {
  const at = system.args.findIndex((one, index) => index > 0 && isMode(one));
  if (at < 0 || system.args.includes("--")) return program(system);
  const args = [...system.args.slice(0, at), "--", ...system.args.slice(at)];
  return program(Object.create(system, { args: { value: args } }) as typeof system);
};
