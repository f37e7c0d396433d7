// The vocabulary in which interfaces are written. A definition is a plain value; `abi/gen` turns it into stubs,
// dispatch, records, names, a reference page and tests. This file must never import anything.

/** A scalar occupies one message word (64 bits) whatever its width. `cap` occupies one capability register. */
export type Scalar = "u8" | "u16" | "u32" | "i32" | "u64" | "i64" | "bool";

/** A flag set or enumeration: travels as a u32, named in traces and documents. */
export interface Enumeration {
  readonly kind: "enum" | "flags";
  readonly name: string;
  readonly doc: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface Field { readonly type: Scalar; readonly offset: number; readonly doc: string }

/** A fixed-size little-endian record. Offsets are written down, and asserted by the generator and by both compilers. */
export interface RecordType {
  readonly kind: "record";
  readonly name: string;
  readonly doc: string;
  readonly size: number;
  readonly fields: Readonly<Record<string, Field>>;
}

/**
 * What an argument or a result may be.
 *  - a scalar or enumeration: one word; at most 8 words each way
 *  - `cap`: a capability; at most 4 each way
 *  - `bytes`, `string` (UTF-8): a data range. As arguments: at most 2, copied from the caller. As a result: at most 1, and the
 *    caller offers the buffer
 *  - a record: as a result, the one receive range, exactly `size` bytes; as an argument, one send range
 */
export type Type = Scalar | "cap" | "bytes" | "string" | Enumeration | RecordType;

export interface Parameter {
  readonly type: Type;
  readonly doc: string;
  /** `bytes` of up to TRANSFER_LIMIT, not RANGE_LIMIT (abi/layout/limits.ts). */
  readonly large?: boolean;
}

export interface Method {
  /** 1–255; never reused within the interface. */
  readonly number: number;
  readonly doc: string;
  readonly args: Readonly<Record<string, Parameter>>;
  readonly results: Readonly<Record<string, Parameter>>;
  /** Names from the closed list in errors.ts, besides those every call can give (PeerDied, Timeout, BadHandle …). */
  readonly errors: readonly string[];
  /** Whether the client stub may issue the call again on a new incarnation of the server. */
  readonly replayable: boolean;
}

export interface Interface {
  readonly kind: "interface";
  readonly name: string;
  /** Label = number × 256 + method. Families: 0x01–0x0f kernel, 0x10–0x1f system, 0x20–0x2f files, 0x30–0x3f devices,
   *  0x40–0x4f personalities, 0xf0–0xff tests. Never reused. */
  readonly number: number;
  readonly doc: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/**
 * A system call, as the reference page describes it. Its signature comes from lib/assembly/kernel.ts (or, for the object
 * `system`, lib/ts/kernel.ts), and so does its sentence where it stands there.
 */
export interface SystemCall {
  /** The sentence, if the declaration has none. */
  readonly doc?: string;
  /** Which rights on which capability. Absent: none. */
  readonly needs?: string;
  /** Names from errors.ts, besides BadHandle. */
  readonly errors: readonly string[];
  /** Whether the thread may wait in it, and so may get Timeout, Interrupted, PeerDied or Canceled, and may be moved or killed. */
  readonly waits?: boolean;
}

/** A kernel object: what it is, what each right on it allows, and its system calls. */
export interface KernelObject {
  readonly kind: "object";
  readonly name: string;
  readonly doc: string;
  /** Names of rights (limits.ts) and what they allow here. */
  readonly rights: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<string, SystemCall>>;
}

export const p = (type: Type, doc: string): Parameter => ({ type, doc });
export const largeBytes = (doc: string): Parameter => ({ type: "bytes", doc, large: true });

export function defineObject(definition: Omit<KernelObject, "kind">): KernelObject { return { kind: "object", ...definition }; }
export function defineInterface(definition: Omit<Interface, "kind">): Interface { return { kind: "interface", ...definition }; }
export function defineEnum(name: string, doc: string, values: Record<string, number>): Enumeration { return { kind: "enum", name, doc, values }; }
export function defineFlags(name: string, doc: string, values: Record<string, number>): Enumeration { return { kind: "flags", name, doc, values }; }
export function defineRecord(definition: Omit<RecordType, "kind">): RecordType { return { kind: "record", ...definition }; }
