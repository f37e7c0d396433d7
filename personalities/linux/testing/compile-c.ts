// Compiles small C programs to WASI modules with the clang of @yowasp/clang, under Node. Results are kept in .cache/.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../../.cache/c-programs", import.meta.url));

/** The module's bytes. Throws with the compiler's messages. */
export async function compileC(source: string, flags: readonly string[] = ["-O1"]): Promise<Uint8Array<ArrayBuffer>> {
  const name = createHash("sha256").update(JSON.stringify([source, flags])).digest("hex").slice(0, 24);
  const path = `${cache}/${name}.wasm`;
  if (!existsSync(path)) {
    const { commands } = await import("@yowasp/clang");
    let messages = "";
    const keep = (bytes: Uint8Array | null): void => { messages += bytes ? new TextDecoder().decode(bytes) : ""; };
    let tree;
    try {
      tree = await commands.clang!([...flags, "program.c", "-o", "program.wasm"], { "program.c": source }, { stdout: keep, stderr: keep, fetchProgress: () => {} });
    } catch (error) {
      throw new Error(`${messages}\n${String(error)}`);
    }
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, (tree as Record<string, Uint8Array>)["program.wasm"]!);
    renameSync(`${path}.${process.pid}`, path);
  }
  return new Uint8Array(readFileSync(path));
}
