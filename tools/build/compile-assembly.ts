// Runs the AssemblyScript compiler on one module. Incremental: the files that the compiler read are remembered.

import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { cached } from "./content-cache.ts";
import { behindLinked, linkedSources, withConstants } from "./linked-servers.ts";
import { HEAP_START, SERVER_STATE, SERVER_STATE_SIZE } from "../../lib/assembly/memory/addresses.ts";
import { inRoot, root } from "./paths.ts";
import type { AssemblyModule } from "./assembly-modules.ts";

const compilerVersion = JSON.parse(readFileSync(inRoot("node_modules/assemblyscript/package.json"), "utf8")).version as string;

function flagsOf(module: AssemblyModule): string[] {
  return [
    "--runtime", "stub", "--importMemory", "--sharedMemory", "--noExportMemory", "--enable", "threads", "-O3", "--noAssert",
    "--initialMemory", `${module.pages[0]}`, "--maximumMemory", `${module.pages[1]}`, "--disableWarning", "201", "--disableWarning", "235", ...module.flags,
  ];
}

const ADDRESSES = "lib/assembly/memory/addresses.ts";

/** Files that are not the repository's, by their path. */
function writtenFor({ linked, linkedFrom, place }: AssemblyModule): Readonly<Record<string, string>> {
  if (linked !== undefined) return linkedSources(linked, linkedFrom);
  if (!place) return {};
  const further = place * SERVER_STATE_SIZE;
  return { [ADDRESSES]: withConstants(ADDRESSES, { SERVER_STATE: String(SERVER_STATE + further), HEAP_START: String(HEAP_START + further) }) };
}

/** The module as the compiler writes it, before rewriting. Throws with the compiler's messages. */
export function compileAssembly(module: AssemblyModule): Promise<Uint8Array> {
  const flags = flagsOf(module), written = writtenFor(module);
  return cached(`assembly/${module.name}`, JSON.stringify([compilerVersion, module.entries, flags, written]), async () => {
    // Loading the compiler takes a second; a build with nothing to do must not pay for it.
    const { default: asc } = await import("assemblyscript/asc");
    const inputs = new Set<string>();
    let bytes: Uint8Array | undefined;
    const { error, stderr } = await asc.main([...module.entries, ...flags, "--outFile", "module.wasm"], {
      readFile: (name: string, base: string) => {
        const wanted = isAbsolute(name) ? relative(root, name) : join(base === "." ? "" : base, name);
        if (Object.hasOwn(written, wanted)) return written[wanted]!;
        const path = inRoot(behindLinked(wanted));
        inputs.add(relative(root, path));
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (name === "module.wasm") bytes = contents as Uint8Array;
      },
      listFiles: () => [],
    });
    const messages = stderr.toString().trim();
    if (error || !bytes) throw new Error(`${module.name}: ${error?.message ?? "the compiler wrote nothing"}\n${messages}`);
    if (messages) console.warn(messages);
    return { bytes, inputs };
  });
}
