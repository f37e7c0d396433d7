// Program files made ready to run: read from their Dataspace, compiled once, kept by identity and version of the contents.
// (Chromium refuses to store compiled modules; they live as long as the page.)

import { FAULT_BAD_PROGRAM } from "../../abi/layout/limits.ts";
import { importMemory } from "../rewriter/import-memory.ts";
import { rewrite } from "../rewriter/index.ts";
import { readImports, readSections, type Limits } from "../rewriter/sections.ts";
import { dataspaceBytes, dataspaceKey } from "./dataspace-bytes.ts";
import type { Inspector } from "./inspect.ts";
import { PageBytes } from "./page-memory.ts";
import type { Image } from "./worker/messages.ts";

export interface Program { readonly module: WebAssembly.Module; /** That it imports; undefined if it has none. */ readonly memory: Limits | undefined }

/** The file is no program: why, for its user. */
export class BadProgram extends Error { readonly reason = FAULT_BAD_PROGRAM }

const KEPT = 64;

export class Programs {
  readonly #inspector: Inspector;
  readonly #page: PageBytes;
  readonly #compiled = new Map<string, Promise<Program>>();

  constructor(inspector: Inspector, pageMemory: WebAssembly.Memory) {
    this.#inspector = inspector;
    this.#page = new PageBytes(pageMemory);
  }

  /** Rejects with BadProgram. */
  get(dataspace: number, image: Image): Promise<Program> {
    const key = `${image.kind}:${dataspaceKey(this.#inspector, dataspace)}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const program = this.#compile(dataspaceBytes(this.#inspector, this.#page, dataspace), image);
    this.#compiled.set(key, program);
    program.catch(() => this.#compiled.delete(key));
    for (const old of this.#compiled.keys()) if (this.#compiled.size > KEPT) this.#compiled.delete(old); else break;
    return program;
  }

  async #compile(bytes: Uint8Array<ArrayBuffer>, image: Image): Promise<Program> {
    try {
      if (image.kind === "linux") {
        const program = importMemory(bytes, "machine", "memory");
        return { module: await WebAssembly.compile(program.bytes), memory: program.limits ?? importedMemory(bytes) };
      }
      // Native modules run on shared memory, so the kernel's mark can reach them between two system calls.
      const code = image.kind === "native-module" ? rewrite(bytes, { pollPoints: true }) : bytes;
      return { module: await WebAssembly.compile(code), memory: importedMemory(bytes) };
    } catch (error) {
      throw new BadProgram((error as Error).message.replace(/^WebAssembly\.\w+\(\): /, ""));
    }
  }
}

function importedMemory(bytes: Uint8Array): Limits | undefined {
  return readImports(bytes, readSections(bytes)).find((entry) => entry.kind === "memory")?.limits;
}
