// What must hold of a built module that is instantiated several times over one memory: nothing in it may be set up or kept per
// instance. A data segment would be written again over the live state; a mutable global would exist once per Worker.

import { readGlobals } from "../../kernel-wasm/rewriter/globals.ts";
import { elementCount, readExports, readImports, readSections, SECTION_DATA } from "../../kernel-wasm/rewriter/sections.ts";
import type { AssemblyModule } from "./assembly-modules.ts";

/** Sentences about what is wrong; none if all is well. */
export function faultsOf(module: AssemblyModule, bytes: Uint8Array): string[] {
  const sections = readSections(bytes);
  const faults: string[] = [];
  const segments = elementCount(bytes, sections, SECTION_DATA);
  if (segments && !module.single) faults.push(`${segments} data segments: make constants by stores, not by literals`);

  const imported = readImports(bytes, sections).filter((entry) => entry.kind === "global").length;
  const exported = new Set(readExports(bytes, sections).filter((entry) => entry.kind === "global").map((entry) => entry.index));
  const own = readGlobals(bytes, sections).filter((global, i) => global.mutable && !exported.has(imported + i)).length;
  if (own > module.privateGlobals && !module.single) faults.push(`${own} mutable globals, ${module.privateGlobals} allowed: keep state in memory`);

  if (module.limit !== undefined && bytes.length >= module.limit) faults.push(`${bytes.length} bytes, must be under ${module.limit}`);
  return faults;
}
