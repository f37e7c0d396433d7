// The modules that benchmarks run on the system and compare it with: bench/linked/build.ts says how they are made.

import { readdirSync } from "node:fs";
import { buildBenchProgram, buildLinked, buildProgram } from "../../bench/linked/build.ts";
import { cached } from "./content-cache.ts";
import { inRoot } from "./paths.ts";

const SOURCES = ["bench/linked", "lib/assembly", "abi/generated/assembly", "abi/layout", "servers/tmpfs/assembly", "personalities/linux"];

const inFolder = (folder: string): string[] =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => `${folder}/${file}`);
const sources = (): string[] => SOURCES.flatMap(inFolder);

/** WASI programs of bench/programs/assembly. */
const PROGRAMS = ["files", "stream"], FOLDER = "bench/programs/assembly";

/** Names and bytes. */
export async function linkedModules(): Promise<[name: string, bytes: Uint8Array][]> {
  const make = (build: () => Promise<Uint8Array>) => async () => ({ bytes: await build(), inputs: sources() });
  const key = JSON.stringify(sources()), programs = JSON.stringify([...inFolder(FOLDER), "bench/linked/build.ts"]);
  return [
    ["bench-read-program", await cached("assembly/bench-read-program", key, make(buildProgram))],
    ...await Promise.all(PROGRAMS.map(async (name): Promise<[string, Uint8Array]> => [
      `bench-${name}-program`, await cached(`assembly/bench-${name}-program`, programs, async () => ({ bytes: await buildBenchProgram(name), inputs: inFolder(FOLDER) })),
    ])),
    ["bench-read-linked", await cached("assembly/bench-read-linked", key, make(buildLinked))],
  ];
}
