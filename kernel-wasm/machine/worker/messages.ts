// What the machine Worker and a domain's Worker say to each other. A Worker gets everything it may ever touch at birth; while it runs
// a domain it may sit in Wasm and hear nothing.

/** A built-in image: what domainStart's number stands for. */
export interface Image {
  readonly number: number;
  readonly name: string;
  /** `server`: AssemblyScript on a server memory, placed anywhere. `driver`: TypeScript with its event loop. `programs`: native
   *  programs in TypeScript. `linux`, `native-module`: a Wasm module from a Dataspace. */
  readonly kind: "server" | "driver" | "programs" | "linux" | "native-module";
}

export interface Birth {
  readonly kind: "birth";
  readonly thread: number;
  readonly kernel: WebAssembly.Module;
  readonly kernelMemory: WebAssembly.Memory;
  readonly pageMemory: WebAssembly.Memory;
  readonly serverMemories: readonly WebAssembly.Memory[];
  /** Modules of the `server` images by image number, and of the emulation library. */
  readonly modules: Readonly<Record<number, WebAssembly.Module>>;
  /** The emulation library with direct access to memories; undefined: the engine has no multi-memory. */
  readonly direct: WebAssembly.Module | undefined;
  /** Small modules of the machine's own (stack-probe.ts, under-lock.ts, copier/): compiled once for all Workers. */
  readonly probe: WebAssembly.Module;
  readonly underLock: WebAssembly.Module;
  readonly copiers: readonly WebAssembly.Module[];
  readonly images: readonly Image[];
  /** What site paths are relative to: a URL, or a folder. */
  readonly base: string;
  /** performance time origin of the machine, ms since 1970: the zero of the monotonic clock. */
  readonly origin: number;
}

/** Before the birth: what the Worker can do while there is nothing to give it yet. */
export interface Prepare {
  readonly kind: "prepare";
  /** Name of the Web Lock that it takes for its life: its release proves the death. */
  readonly lock: string;
  /** A TypeScript image that it will probably run: its code is loaded. */
  readonly image?: string;
}

export interface Run {
  readonly kind: "run";
  readonly domain: number;
  readonly image: Image;
  /** The program's module, for `linux` and `native-module`. */
  readonly module?: WebAssembly.Module;
  /** The program's memory, if it is shared. */
  readonly memory?: WebAssembly.Memory;
  /** Of the memory that the program is to be given, if it is not shared. */
  readonly memoryLimits?: { readonly minimum: number; readonly maximum?: number };
  /** Of a server: which of the server memories. */
  readonly serverMemory: number;
  readonly mode: "fresh" | "restarted" | "migrated";
  readonly manifest?: string | object;
  /** It may have what this browser stores: said by the machine, never by a manifest. */
  readonly storage?: boolean;
  /** The console's or the courier's line to the page. */
  readonly port?: unknown;
}

export type ToWorker = Prepare | Birth | Run;

export type FromWorker =
  | { readonly kind: "ready"; readonly thread: number }
  /** The domain's code has left the Worker; nothing of it runs here any more. `memory`: bytes its program used. */
  | { readonly kind: "done"; readonly thread: number; readonly domain: number; readonly memory: number }
  | { readonly kind: "keep" }
  | { readonly kind: "log"; readonly domain: number; readonly text: string };
