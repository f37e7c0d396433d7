// Reads which modules a Wasm module imports from, without reading the module: section headers are walked, only the import section is
// looked into, in chunks. Finds modules that were cut short. It checks nothing else; that is the engine's work.
// (WebAssembly Core Specification 2.0, 5.5.2 Sections, 5.5.5 Import Section; with the memory64, exceptions and custom page sizes proposals.)

/** Bytes of the file; fewer than asked only at its end. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

export interface Import { readonly module: string; readonly name: string }
/** What the machine gives a native module besides the kernel: kept apart from other imports of `env`. */
export const NATIVE_ENVIRONMENT: ReadonlySet<string> = new Set(["env.memory", "env.abort"]);
/** One import of each module that is imported from, in order of appearance; those of NATIVE_ENVIRONMENT by their full names. */
export type Imports = { readonly modules: ReadonlyMap<string, Import> } | { readonly fault: string };

const IMPORT = 2, HEADER = 8;
/** Chunk of the import section that is read at a time, and the longest import name that is taken. */
const CHUNK = 4096, NAME_LIMIT = 1024, IMPORT_LIMIT = 100_000;

class Fault extends Error {}

export function readImports(read: ReadBytes, size: number): Imports {
  try {
    const header = read(0, HEADER);
    if (header.length < HEADER) throw new Fault("the module is cut short: 8 bytes of header expected");
    const version = header[4]! | header[5]! << 8;
    if (header[6] === 1) throw new Fault("a WebAssembly component; only core modules can be run");
    if (version !== 1 || header[6] || header[7]) throw new Fault(`WebAssembly version ${version} is not known`);
    const modules = new Map<string, Import>();
    const cursor = new Cursor(read, HEADER, size);
    while (cursor.at < size) {
      const start = cursor.at, id = cursor.byte(), length = cursor.u32(), end = cursor.at + length;
      if (end > size) throw new Fault(`the module is cut short: section ${id} at ${start} ends at ${end}, the file at ${size}`);
      if (id === IMPORT) collect(cursor, end, modules);
      else if (id > 13) throw new Fault(`unknown section ${id} at ${start}`);
      cursor.at = end;
    }
    return { modules };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function collect(cursor: Cursor, end: number, modules: Map<string, Import>): void {
  const count = cursor.u32();
  if (count > IMPORT_LIMIT) throw new Fault(`${count} imports; the limit is ${IMPORT_LIMIT}`);
  for (let index = 0; index < count; index++) {
    if (cursor.at >= end) throw new Fault("the import section is cut short");
    const module = cursor.name(), name = cursor.name();
    const key = NATIVE_ENVIRONMENT.has(`${module}.${name}`) ? `${module}.${name}` : module;
    if (!modules.has(key)) modules.set(key, { module, name });
    skipType(cursor);
  }
}

function skipType(cursor: Cursor): void {
  const kind = cursor.byte();
  switch (kind) {
    case 0: cursor.u32(); break;
    case 1: skipReferenceType(cursor); skipLimits(cursor); break;
    case 2: skipLimits(cursor); break;
    case 3: skipReferenceType(cursor); cursor.byte(); break;
    case 4: cursor.byte(); cursor.u32(); break;
    default: throw new Fault(`unknown kind of import ${kind} at ${cursor.at - 1}`);
  }
}

/** A value or reference type: one byte, or (ref null? heap-type). */
function skipReferenceType(cursor: Cursor): void {
  const type = cursor.byte();
  if (type === 0x63 || type === 0x64) cursor.u32();
}

function skipLimits(cursor: Cursor): void {
  const flags = cursor.byte();
  cursor.leb();
  if (flags & 1) cursor.leb();
  if (flags & 8) cursor.u32();
}

/** Reads forward through a window of CHUNK bytes. */
class Cursor {
  private window: Uint8Array = new Uint8Array(0);
  private base = 0;
  constructor(private readonly read: ReadBytes, public at: number, private readonly size: number) {}

  byte(): number {
    let index = this.at - this.base;
    if (index < 0 || index >= this.window.length) {
      if (this.at >= this.size) throw new Fault("the module is cut short");
      this.base = this.at;
      this.window = this.read(this.at, Math.min(CHUNK, this.size - this.at));
      if (this.window.length === 0) throw new Fault("the module cannot be read to its end");
      index = 0;
    }
    this.at++;
    return this.window[index]!;
  }

  /** Skips an integer of up to 64 bits. */
  leb(): void {
    for (let count = 0; this.byte() & 0x80; count++) if (count >= 9) throw new Fault(`a number at ${this.at} is too long`);
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (!(byte & 0x80)) return value;
    }
    throw new Fault(`a number at ${this.at} is too long`);
  }

  name(): string {
    const length = this.u32();
    if (length > NAME_LIMIT) throw new Fault(`a name of ${length} bytes at ${this.at}; the limit is ${NAME_LIMIT}`);
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = this.byte();
    return new TextDecoder().decode(bytes);
  }
}
