// The AssemblyScript modules of the system, and how each is compiled. Shared memory is imported as env.memory throughout.

import { existsSync, readdirSync } from "node:fs";
import { FRAME_GLOBALS, canBeLinked, linkedEntry, linkedGroups, linkedModuleName } from "./linked-servers.ts";
import { inRoot } from "./paths.ts";
import { KERNEL_PAGES, SERVER_MEMORY_FIRST_PAGES, SERVER_MEMORY_PAGES } from "../../abi/layout/kernel-memory.ts";

export interface AssemblyModule {
  /** build/wasm/NAME.wasm */
  readonly name: string;
  /** Source files; all exports of all of them are the module's. */
  readonly entries: readonly string[];
  /** 64 KiB pages of the memory it imports: initial, and the most that it may be given. */
  readonly pages: readonly [initial: number, maximum: number];
  /** Poll points inserted, so that it can be stopped. */
  readonly polled: boolean;
  /** Which of the rewriter's poll words they look at; programs' is the first. */
  readonly pollPlace?: number;
  readonly flags: readonly string[];
  /** Mutable globals of its own that are not exported: identity of the Worker, nothing else. */
  readonly privateGlobals: number;
  /** Instantiated once on a memory of its own: data segments and mutable globals are fine. */
  readonly single?: boolean;
  /** Bytes that it must stay under. */
  readonly limit?: number;
  /** A group of servers in one module: its entries are in linked-servers.ts. */
  readonly linked?: string;
  /** Folder of its servers; `servers`. */
  readonly linkedFrom?: string;
  /** Of a server: how many times the size of a root record its root record and its heap stand further back than lib/assembly/memory/addresses.ts says. */
  readonly place?: number;
}

const PLACES = 8;

const server = (name: string, entry: string): AssemblyModule => ({
  name, entries: [entry], pages: [SERVER_MEMORY_FIRST_PAGES, SERVER_MEMORY_PAGES], polled: true, pollPlace: PLACES + 1, flags: [], privateGlobals: 0,
});

/** The servers of a group in one module. */
export const linkedServers = (group: string, folder = "servers"): AssemblyModule => ({ ...server(linkedModuleName(group), linkedEntry), privateGlobals: FRAME_GLOBALS, linked: group, linkedFrom: folder });

/** The machine inserts poll points into programs itself, as it does not know who made them. */
const program = (name: string, entry: string): AssemblyModule => ({ ...server(name, entry), polled: false });

export const kernel: AssemblyModule = {
  name: "kernel",
  entries: ["kernel-wasm/assembly/main.ts"],
  pages: [KERNEL_PAGES, KERNEL_PAGES],
  polled: false,
  flags: ["--exportTable"],
  // identity.ts and the pins of syscall/transfer.ts: who this Worker is, and what call it is in.
  privateGlobals: 25,
  limit: 64 * 1024,
};

/** Becomes part of the library: direct-library.ts. */
export const kernelDirect: AssemblyModule = { ...kernel, name: "kernel-direct", entries: ["kernel-wasm/assembly/direct/main.ts"], flags: [], privateGlobals: 5 };

// One instance per process, all on one memory; the global says which region of it is this process's.
export const linux: AssemblyModule = { ...server("linux", "personalities/linux/assembly/main.ts"), privateGlobals: 1 };

const listing = (folder: string): string[] => (existsSync(inRoot(folder)) ? readdirSync(inRoot(folder)).sort() : []);

const SAMPLES = "personalities/native/assembly/samples";

/** What bench/ measures with. What is measured against has no poll points. */
const benches: readonly AssemblyModule[] = [
  server("bench-echo-server", "bench/assembly/echo-server.ts"),
  server("bench-client", "bench/assembly/client.ts"),
  { ...server("bench-plain-caller", "bench/assembly/plain-caller.ts"), polled: false },
  { ...server("bench-plain-callee", "bench/assembly/plain-callee.ts"), polled: false },
  { ...server("bench-floor", "bench/assembly/floor.ts"), pages: [1, 1], polled: false },
];

// What benchmarks are made of: a server, and programs.
const BENCH = "bench/assembly";
const benchModules = (): AssemblyModule[] =>
  listing(BENCH)
    .filter((file) => file.endsWith(".ts") && file !== "labels.ts")
    .map((file) => file.slice(0, -3))
    .map((name) => {
      const module = (name.endsWith("-server") ? server : program)(`bench-${name}`, `${BENCH}/${name}.ts`);
      return name === "floor" ? { ...module, pages: [1, 1024] as const } : module;
    });

const CLIENTS = "abi/generated/assembly/client";

/** Every generated client stub as a function, so that its instructions can be counted. */
const stubs = (): AssemblyModule => ({
  ...program("bench-stubs", ""),
  entries: listing(CLIENTS).filter((file) => file.endsWith(".ts")).map((file) => `${CLIENTS}/${file}`),
});

/** All modules. Servers written in TypeScript have no assembly/main.ts. */
export function assemblyModules(): AssemblyModule[] {
  const servers = listing("servers")
    .map((name) => server(name, `servers/${name}/assembly/main.ts`))
    .filter((module) => existsSync(inRoot(module.entries[0]!)))
    // Memories begin at multiples of many pages, and processors tell what is in the first cache apart by the lower bits of addresses first: two servers
    // that are called in turns, inline, with their records, or their poll words, at the same place of their memories keep pushing each other out of it.
    .map((module, index) => ({ ...module, place: index % PLACES, pollPlace: index % PLACES + 1 }));
  const samples = listing(SAMPLES)
    .filter((file) => file.endsWith(".ts"))
    .map((file): AssemblyModule => ({ ...program(`sample-${file.slice(0, -3)}`, `${SAMPLES}/${file}`), pages: [16, 256], single: true }));
  const groups = linkedGroups.filter(canBeLinked).map((group) => linkedServers(group));
  return [kernel, ...servers, ...groups, linux, ...samples, ...benchModules(), stubs()];
}
