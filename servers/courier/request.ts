// What the page asks of the courier over its line, and what it is told. Plain, structured-cloneable data. Each request is answered once; some tell
// how far they are meanwhile.

import type { Progress, StorageAnswer, StorageRequest } from "../../lib/ts/storage-requests.ts";

export type CourierRequest =
  | { readonly id: number; readonly kind: "write"; readonly path: string; readonly data: Uint8Array }
  | { readonly id: number; readonly kind: "read"; readonly path: string }
  | { readonly id: number; readonly kind: "list"; readonly path: string }
  | { readonly id: number; readonly kind: "storage"; readonly request: StorageRequest };

export interface CourierEntry { readonly name: string; readonly kind: "file" | "directory" | "link" | "device" | "other"; readonly size: number }

export type CourierAnswer =
  | { readonly id: number; readonly data?: Uint8Array; readonly entries?: readonly CourierEntry[]; readonly storage?: StorageAnswer<StorageRequest["kind"]> }
  | { readonly id: number; readonly progress: Progress }
  /** A sentence for a person, and the error's name where there is one. */
  | { readonly id: number; readonly error: string; readonly name: string };
