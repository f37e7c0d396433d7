// What differs between a browser's Worker and Node's worker_threads, for code inside one.

import type { FetchedPart } from "../../../lib/ts/devices.ts";
import type { StorageDevice } from "../../../lib/ts/storage-device.ts";

/** A line to somewhere outside the system: messages that come before `onmessage` is set are kept. */
export interface Line { onmessage: ((message: unknown) => void) | null; send(message: unknown, transfer?: unknown[]): void }

/** The code of a TypeScript image. */
export interface LoadedImage {
  main(kernel: never, devices: never, startup: never): Promise<void> | void;
  /** Has the engine compile what `main` will call. It touches nothing, and takes no longer than `main` then saves. */
  rehearse?(): void;
}

export interface WorkerHost {
  post(message: unknown): void;
  /** Turns a port that came in a message into a Line. */
  line(port: unknown): Line;
  fetch(path: string, base: string, range?: { offset: number; length: number }): Promise<Uint8Array>;
  fetchPart(path: string, base: string, range: { offset: number; length: number }, limit: number): Promise<FetchedPart>;
  /** What is kept across reloads for the site at `base`; undefined where there is nothing of the kind. `close`: the server that had it is gone. */
  storage(base: string): Promise<{ readonly device: StorageDevice; close(): void } | undefined>;
  /** Hold the lock until this Worker dies. `held` is called when it is held, not before: whoever asks for it from then on waits. */
  hold(lock: string, held: () => void): void;
  /** A TypeScript image. */
  load(image: string): Promise<LoadedImage>;
}
