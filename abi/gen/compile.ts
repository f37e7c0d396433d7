// Compiles AssemblyScript with the flags of a server, for the tests and the count of stub instructions: what is run and measured is
// what is shipped.
import asc from "assemblyscript/asc";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export const memoryLimits = { initial: 16, maximum: 1024, shared: true } as const;

/** All exports of the entry files become exports of one module. `entries` are paths from the repository's root. Throws with the
 *  compiler's messages; a module with data segments, which no server may have, is refused too. */
export async function compileAssembly(entries: readonly string[], sources: Readonly<Record<string, string>> = {}): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    ...entries, "--outFile", "module.wasm", "--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", String(memoryLimits.initial),
    "--maximumMemory", String(memoryLimits.maximum), "--enable", "threads", "--noExportMemory", "-O3", "--noAssert", "--disableWarning", "235",
  ], {
    readFile: (name) => { try { return sources[name] ?? readFileSync(join(root, name), "utf8"); } catch { return null; } },
    writeFile: (name, contents) => { if (name === "module.wasm") binary = contents as Uint8Array; },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  const bytes = new Uint8Array(binary);
  if (dataSegments(bytes)) throw new Error("the module has data segments");
  return bytes;
}

/** The number of data segments of a module. */
export function dataSegments(bytes: Uint8Array): number {
  let at = 8;
  const leb = (): number => { let value = 0, shift = 0; for (;;) { const byte = bytes[at++]!; value |= (byte & 0x7f) << shift; if (byte < 0x80) return value >>> 0; shift += 7; } };
  while (at < bytes.length) {
    const section = bytes[at++], size = leb();
    if (section === 11) return leb();
    at += size;
  }
  return 0;
}
