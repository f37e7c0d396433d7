// The devices that the machine gives to a TypeScript server, besides its Kernel. What a server is handed depends on its image: a server
// that has no use for a device finds it absent or never calls it. These are browser facilities without any authority over
// other domains; a server must never reach for a browser API except through here.

import type { StorageDevice } from "./storage-device.ts";

/** How a component comes to run: for the first time, in place of one that died, or moved to another Worker. */
export interface Startup { readonly mode: "fresh" | "restarted" | "migrated" }

/** Sent by the page for a terminal. `open` is the first message of a terminal; `profile` names an entry of the boot manifest's
 *  `profiles` (absent: the manifest's choice). After `exit` it asks for the program again. `close` is the last: its processes are hung up. */
export type FromPage =
  | { terminal: number; kind: "open"; profile?: string }
  | { terminal: number; kind: "close" }
  | { terminal: number; kind: "input"; data: Uint8Array }
  | { terminal: number; kind: "resize"; columns: number; rows: number }
  /** So many bytes of output were drawn since the last such message. The console keeps at most OUTPUT_WINDOW bytes of a terminal on
   *  their way to the page and lets writers wait for the rest, so that a flooding program cannot drown the page. */
  | { terminal: number; kind: "consumed"; bytes: number };

/** Bytes sent to the page of one terminal that it has not said are drawn. */
export const OUTPUT_WINDOW = 262_144;

/** Sent to the page: bytes for the screen, after the line discipline; and that the terminal's program has ended, with its status. */
export type ToPage = { terminal: number; kind: "output"; data: Uint8Array } | { terminal: number; kind: "exit"; status: number };

/** Messages that come before `onmessage` is set are kept by the machine and delivered then, in order. `data` may be kept by the receiver. */
export interface TerminalDevice {
  onmessage: ((message: FromPage) => void) | null;
  send(message: ToPage): void;
}

/** Bytes `offset` … `offset + length - 1`. */
export interface FetchRange { readonly offset: number; readonly length: number }

/** A fetch that the server refused; other failures (no network) are plain Errors. */
export class FetchRefused extends Error {
  constructor(message: string, readonly status: number) { super(message); }
}

/** A part of a file of the site, as the server gave it. */
export interface FetchedPart {
  /** The bytes asked for, fewer only at the end of the file; the whole file if `whole`. */
  readonly bytes: Uint8Array;
  /** The server knows no ranges, and sent everything. */
  readonly whole: boolean;
  /** Bytes of the whole file; undefined if the server does not say. */
  readonly size: number | undefined;
  /** What tells this version of the file from others (its entity tag or date); empty if the server gives none. */
  readonly version: string;
}

export interface Devices {
  /** Only for `console`. */
  readonly terminal?: TerminalDevice;
  /** A line to the page, for the servers that carry out what the page asks for (`courier`). */
  readonly line?: { onmessage: ((message: unknown) => void) | null; send(message: unknown): void };
  /** A file of the site, by a path relative to the site's base. Rejects with an Error whose message says what went wrong (status, network). */
  fetch(path: string, range?: FetchRange): Promise<Uint8Array>;
  /** A part of such a file, and what the answer says of the whole. `limit`: bytes of the largest file that is taken from a server that knows no ranges. */
  fetchPart(path: string, range: FetchRange, limit: number): Promise<FetchedPart>;
  /** Only for `disk-opfs` and `disk-idb`, in a session that was not opened from a link. */
  readonly storage?: StorageDevice;
  /** Fills `bytes` (any length, never shared memory) from the browser's generator; in deterministic mode from the machine's seed. */
  random(bytes: Uint8Array): void;
  /** Built-in images by name: what `domainStart` takes as its image number (1 and up). */
  readonly images: Readonly<Record<string, number>>;
  /** The boot manifest: its text, or one that was read and checked already (when the site was built). Only for `init`. */
  readonly manifest?: string | object;
}
