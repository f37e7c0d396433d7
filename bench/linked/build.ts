// Builds what the benchmark `read` compares, from one source of its loop:
//
//   buildProgram()  a WASI program; runs on GrailOS and on any other host
//   buildLinked()   the monolithic baseline: loop, WASI library and tmpfs in one module with one memory, without a kernel
//
// The linked module imports env.monotonic and env.wallClock (functions that tell nanoseconds as bigint), and exports start(), read(pieces), sum().

import { existsSync, readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files that the linked build takes from elsewhere. */
const replacements: Readonly<Record<string, string>> = {
  "lib/assembly/kernel.ts": 'export * from "../../bench/linked/assembly/linked-kernel";\n',
  "personalities/linux/assembly/program.ts": 'export * from "../../../bench/linked/assembly/linked-program-memory";\n',
  // In full, as asc does not see through two levels of `export … from`.
  "bench/linked/assembly/wasi.ts": readFileSync(`${root}bench/linked/assembly/linked-wasi.ts`, "utf8"),
};

export function buildProgram(): Promise<Uint8Array<ArrayBuffer>> {
  return compile("bench/linked/assembly/program.ts", ["--initialMemory", "1"], {});
}

/** A WASI program of bench/programs/assembly. */
export function buildBenchProgram(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return compile(`bench/programs/assembly/${name}.ts`, ["--initialMemory", "17"], {});
}

export function buildLinked(): Promise<Uint8Array<ArrayBuffer>> {
  return compile("bench/linked/assembly/linked.ts", ["--initialMemory", "64", "--maximumMemory", "1024"], replacements);
}

async function compile(entry: string, flags: readonly string[], replaced: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const asc = (await import("assemblyscript/asc")).default;
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, ...flags, "--runtime", "stub", "-O3", "--noAssert", "--enable", "bulk-memory", "--outFile", "out.wasm"], {
    readFile(name: string, base: string): string | null {
      const path = resolve(root, base, name);
      const own = relative(root, path).replaceAll(sep, "/");
      return replaced[own] ?? (existsSync(path) ? readFileSync(path, "utf8") : null);
    },
    writeFile(name: string, contents: Uint8Array | string) { if (name === "out.wasm") output = contents as Uint8Array; },
    listFiles: () => [],
  });
  if (error || !output) throw new Error(`${entry}: ${error?.message ?? "no output"}\n${stderr.toString()}`);
  return new Uint8Array(output);
}
