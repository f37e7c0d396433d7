// Every native program, loaded, for worlds in memory.

import type { Program } from "../api/program.ts";
import { programs } from "../programs.ts";

export async function allPrograms(): Promise<Record<string, Program>> {
  return Object.fromEntries(await Promise.all(Object.entries(programs).map(async ([name, load]) => [name, await load()] as const)));
}
