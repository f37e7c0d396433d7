// The checks that other programs make: the two compilers, the rules of who imports whom, and the generators.

import { existsSync } from "node:fs";
import { buildAssembly } from "../build/assembly.ts";
import { inRoot } from "../build/paths.ts";
import { runTool } from "../run/tool.ts";
import type { Verdict } from "./main.ts";

const SOURCES = ["abi", "kernel-wasm", "lib", "servers", "personalities", "extensions", "web", "labs", "bench"];

async function tool(command: string, args: string[]): Promise<Verdict> {
  const { status, output } = await runTool(command, args);
  return status === 0 ? { ok: true } : { ok: false, detail: output };
}

export function checkTypes(project: string): Promise<Verdict> {
  return tool("tsc", ["-p", project]);
}

/** Every AssemblyScript module compiles, and what comes out keeps the rules for images. */
export async function checkAssembly(): Promise<Verdict> {
  try {
    await buildAssembly();
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: (error as Error).message };
  }
}

export function checkDependencies(): Promise<Verdict> {
  return tool("depcruise", ["--config", ".dependency-cruiser.cjs", "--output-type", "err", ...SOURCES.filter((folder) => existsSync(inRoot(folder)))]);
}

/** Generating again would change nothing that is checked in. */
export async function checkGenerated(): Promise<Verdict> {
  const contract = await tool("tsx", ["abi/gen/main.ts", "--check"]);
  const copier = await tool("tsx", ["tools/generate-machine-modules.ts", "--check"]);
  const detail = [contract, copier].map((verdict) => verdict.detail ?? "").join("");
  return { ok: contract.ok && copier.ok, ...(detail ? { detail } : {}) };
}
