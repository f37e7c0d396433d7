// The private region of one process in the memory that all instances of this library share: where each thing lies in it.
// `init` is given the region once; its base is the identity of this Worker and the only mutable variable of the library.
//
//   base ┌──────────────────────────┐
//        │ header (class Process)   │
//   1024 ├──────────────────────────┤
//        │ 1024 descriptors, 32 B   │  see descriptor-table.ts
//  33792 ├──────────────────────────┤
//        │ first path               │  4 KiB and some slack, see path.ts
//  38144 ├──────────────────────────┤
//        │ second path              │  also: contents of a link, name of a server
//  42496 ├──────────────────────────┤
//        │ record                   │  one Attributes, TerminalState …
//  43008 ├──────────────────────────┤
//        │ start-up data            │  arguments, then environment, as process.startup gave them
// 129024 ├──────────────────────────┤
//        │ mount cache              │  30 KiB, see lib/assembly/files/mount-cache.ts
// 159744 ├──────────────────────────┤
//        │ scratch                  │  all data that is only passing through: to the end, at least RANGE_LIMIT
// length └──────────────────────────┘
//
// Nothing but a call in progress relies on paths, record and scratch.

import { MOUNT_CACHE_SIZE, MountCache } from "../../../lib/assembly/files/mount-cache";

const DESCRIPTORS_OFFSET: usize = 1024;
const FIRST_PATH_OFFSET: usize = 33792;
const SECOND_PATH_OFFSET: usize = 38144;
const RECORD_OFFSET: usize = 42496;
const STARTUP_OFFSET: usize = 43008;
const MOUNTS_OFFSET: usize = 129024;
const SCRATCH_OFFSET: usize = 159744;

/** The least length of a region. */
export const REGION_SIZE: usize = 262144;

/** What the library knows of its process. */
@unmanaged
export class Process {
  /** Addresses of the program's memory below this one have 8 bytes to read; see program.ts. Only grows. */
  known: u32;
  /** No descriptor below this one is free. */
  lowestFree: i32;
  pid: i32;
  /** A Notification to sleep on, made when first needed; 0 before. */
  notification: i32;
  /** The `random` server, looked up when first needed; 0 before. */
  random: i32;
  /** `directory` of the working directory. */
  workingDirectory: i32;
  /** How the program learns its working directory: a WORKING_DIRECTORY_… of working-directory.ts. */
  workingDirectoryMode: i32;
  /** Counts and bytes of arguments and environment, as args_sizes_get and environ_sizes_get tell them. */
  argumentCount: i32;
  argumentBytes: i32;
  environmentCount: i32;
  environmentBytes: i32;
  /** Monotonic time when the process began, ns. */
  started: i64;
  /** Bytes of the region. */
  length: u32;
  /** Writes that found a pipe without a reader. */
  brokenWrites: i32;
}

let base: usize = 0;

/** Say where the region is. */
export function setRegion(address: usize): void { base = address; }

/** Forget what another process left in it: header, descriptors, mounts. The rest is written before it is read. */
export function clearRegion(): void {
  memory.fill(base, 0, FIRST_PATH_OFFSET);
  memory.fill(base + MOUNTS_OFFSET, 0, MOUNT_CACHE_SIZE);
}

@inline export function process(): Process { return changetype<Process>(base); }
@inline export function descriptorAddress(descriptor: i32): usize { return base + DESCRIPTORS_OFFSET + (<usize>descriptor << 5); }
@inline export function firstPath(): usize { return base + FIRST_PATH_OFFSET; }
@inline export function secondPath(): usize { return base + SECOND_PATH_OFFSET; }
@inline export function record(): usize { return base + RECORD_OFFSET; }
@inline export function startupData(): usize { return base + STARTUP_OFFSET; }
/** Bytes that arguments and environment may take together. */
@inline export function startupSize(): i32 { return <i32>(MOUNTS_OFFSET - STARTUP_OFFSET); }
@inline export function mounts(): MountCache { return changetype<MountCache>(base + MOUNTS_OFFSET); }
@inline export function scratch(): usize { return base + SCRATCH_OFFSET; }
/** Bytes of the scratch area, at least RANGE_LIMIT. */
export function scratchSize(): i32 { return <i32>(process().length - <u32>SCRATCH_OFFSET); }
