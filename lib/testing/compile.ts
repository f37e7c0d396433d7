// Compiles an AssemblyScript server with the flags that the build uses, checks the image, and keeps it in a cache.
//
//   const module = await compile("servers/tmpfs/assembly/main.ts")
//
// The check is the one that section 3 of the design asks for: code that is instantiated more than once over one memory has no
// data segments and no mutable globals of its own.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVER_MEMORY_FIRST_PAGES, SERVER_MEMORY_PAGES } from "../../abi/layout/kernel-memory.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, "node_modules/.cache/grailos-testing");
const flags = ["--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", String(SERVER_MEMORY_FIRST_PAGES), "--maximumMemory", String(SERVER_MEMORY_PAGES), "--enable", "threads", "--noExportMemory", "-O3", "--noAssert"];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : entry.name.endsWith(".ts") ? [join(folder, entry.name)] : []);
}

/** The image of `entry` (a path in the repository) as bytes. Throws with the compiler's messages. */
export async function compileBytes(entry: string, { server = true, extraFlags = [] as string[] } = {}): Promise<Uint8Array<ArrayBuffer>> {
  const hash = createHash("sha256").update(JSON.stringify([entry, flags, extraFlags]));
  for (const file of [dirname(entry), "lib/assembly", "lib/formats", "abi/generated/assembly", "abi/layout"].flatMap(sources).sort()) hash.update(file).update(readFileSync(join(root, file)));
  const cached = join(cache, `${hash.digest("hex").slice(0, 32)}.wasm`);
  if (!existsSync(cached)) {
    const bytes = await runCompiler(entry, [...flags, ...extraFlags]);
    if (server) checkImage(entry, bytes);
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, bytes);
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return new Uint8Array(readFileSync(cached));
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Once in a process: a test may make hundreds of worlds, and finding out whether a source has changed takes as long as all else there. */
export function compile(entry: string, options: Parameters<typeof compileBytes>[1] = {}): Promise<WebAssembly.Module> {
  const key = JSON.stringify([entry, options]), module = modules.get(key) ?? compileBytes(entry, options).then((bytes) => WebAssembly.compile(bytes));
  modules.set(key, module);
  return module;
}

async function runCompiler(entry: string, options: string[]): Promise<Uint8Array> {
  const asc = (await import("assemblyscript/asc")).default;
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, ...options, "--outFile", "out.wasm"], {
    readFile: (name: string, base: string) => { const path = join(base || root, name); return existsSync(path) ? readFileSync(path, "utf8") : null; },
    writeFile: (name: string, contents: Uint8Array | string) => { if (name === "out.wasm") output = contents as Uint8Array; },
    listFiles: () => [],
  });
  if (error || !output) throw new Error(`${entry}: ${error?.message ?? "no output"}\n${stderr.toString()}`);
  return output;
}

/** Throws if the image could not be instantiated twice over one memory. */
export function checkImage(name: string, bytes: Uint8Array): void {
  for (const { id, contents } of sections(bytes)) {
    if (id === 11 && contents[0] !== 0) throw new Error(`${name} has data segments: use packed constants (lib/assembly/memory/text.ts) instead of literals`);
    if (id === 6 && hasMutableGlobal(contents)) throw new Error(`${name} has a mutable global: keep state in memory`);
  }
}

function* sections(bytes: Uint8Array): Generator<{ id: number; contents: Uint8Array }> {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at]!;
    const [length, start] = readNumber(bytes, at + 1);
    yield { id, contents: bytes.subarray(start, start + length) };
    at = start + length;
  }
}

function readNumber(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
}

/** Of a global section: type, mutability, constant expression, for each. */
function hasMutableGlobal(contents: Uint8Array): boolean {
  let [count, at] = readNumber(contents, 0);
  while (count-- > 0) {
    if (contents[at + 1] === 1) return true;
    at += 2;
    const opcode = contents[at++]!;
    if (opcode === 0x41 || opcode === 0x42 || opcode === 0x23) at = readNumber(contents, at)[1];
    else at += opcode === 0x43 ? 4 : 8;
    if (contents[at++] !== 0x0b) throw new Error("a global that is initialised in an unknown way");
  }
  return false;
}
