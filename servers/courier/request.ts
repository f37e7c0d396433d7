// What the page asks of the courier over its line, and what it is told. Plain, structured-cloneable data.

export type CourierRequest =
  | { readonly id: number; readonly kind: "write"; readonly path: string; readonly data: Uint8Array }
  | { readonly id: number; readonly kind: "read"; readonly path: string }
  | { readonly id: number; readonly kind: "list"; readonly path: string };

export interface CourierEntry { readonly name: string; readonly kind: "file" | "directory" | "link" | "device" | "other"; readonly size: number }

export type CourierAnswer =
  | { readonly id: number; readonly data?: Uint8Array; readonly entries?: readonly CourierEntry[] }
  /** A sentence for a person. */
  | { readonly id: number; readonly error: string };
