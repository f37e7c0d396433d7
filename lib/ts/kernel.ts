// The kernel as TypeScript code sees it: an object closed over the Worker's kernel instance. It never gives out the kernel's
// memory. Statuses are 0 (or a value >= 0) or a negated error of abi/idl/errors.ts.

/** What a call sends. Words are taken as given: numbers are sign-extended. */
export interface Outgoing {
  words?: readonly (number | bigint)[];
  caps?: readonly number[];
  /** At most two data ranges, RANGE_LIMIT bytes each. */
  send?: readonly Uint8Array[];
  /** Bytes of the receive buffer offered; absent: none. */
  receive?: number;
}

export interface Answer {
  /** 0 or a negated error. */
  status: number;
  words: bigint[];
  caps: number[];
  /** What was delivered to the receive range: a copy, not shared memory. */
  data: Uint8Array;
}

/** A message as a server receives it. */
export interface Incoming {
  /** 0, or a negated error (Timeout, Interrupted) and then nothing else holds. */
  status: number;
  label: number;
  badge: number;
  rights: number;
  words: bigint[];
  caps: number[];
  /** Copies of the send ranges. */
  ranges: Uint8Array[];
  /** Bytes that may be delivered. */
  room: number;
  /** Reply capability; 0 if the message wants no answer. Delete it, or answer, exactly once. */
  reply: number;
}

/** What a server answers. `caps` are moved: they leave the answerer's table (answer with a capCopy of what you keep). */
export interface Outcome { status: number; words?: readonly (number | bigint)[]; caps?: readonly number[]; data?: Uint8Array }

export interface CapInfo { kind: number; rights: number; badge: number; object: number }
export interface DataspaceInfo { size: bigint; present: number; writes: bigint; written: bigint }

export interface PageMarks { status: number; present: bigint; dirty: bigint; referenced: bigint }

export interface Kernel {
  /** Blocks the Worker until answered. `timeout` in microseconds, -1 for ever. */
  call(endpoint: number, label: number, message?: Outgoing, timeout?: number): Answer;
  /** The same for code that needs its event loop: parks with Atomics.waitAsync. */
  callAsync(endpoint: number, label: number, message?: Outgoing, timeout?: number): Promise<Answer>;
  send(endpoint: number, label: number, message?: Outgoing, timeout?: number): number;
  receive(endpoint: number, timeout?: number): Incoming;
  receiveAsync(endpoint: number, timeout?: number): Promise<Incoming>;
  reply(reply: number, outcome: Outcome): number;

  capMint(source: number, rights: number, badge: number): number;
  capCopy(source: number): number;
  capMove(source: number, to: number): number;
  capDelete(slot: number): number;
  capRevoke(slot: number): number;
  capInfo(slot: number): CapInfo | undefined;
  capWatch(slot: number): number;
  capGrant(domain: number, source: number, rights: number, badge: number, to?: number): number;

  endpointCreate(): number;
  notificationCreate(): number;
  signal(notification: number, bits: bigint): number;
  /** The bits taken, or a negated error. */
  wait(notification: number, timeout?: number): { status: number; bits: bigint };
  waitAsync(notification: number, timeout?: number): Promise<{ status: number; bits: bigint }>;
  notificationBind(notification: number, endpoint: number): number;

  dataspaceCreate(size: bigint): number;
  /** A copy of up to `length` bytes, clipped at the size. Throws nothing; an error gives status < 0 and empty data. */
  dataspaceRead(dataspace: number, offset: bigint, length: number): { status: number; data: Uint8Array };
  dataspaceWrite(dataspace: number, offset: bigint, data: Uint8Array): number;
  dataspaceResize(dataspace: number, size: bigint): number;
  dataspaceInfo(dataspace: number): DataspaceInfo | undefined;
  dataspaceSetPager(dataspace: number, endpoint: number, badge: number): number;
  dataspaceEvict(dataspace: number, first: number, count: number): number;
  /** Absent pages become present and clean with these bytes; whole pages, the last may end at the Dataspace's end. The bytes present now. */
  dataspaceSupply(dataspace: number, offset: bigint, data: Uint8Array): number;
  /** Marks of 1–64 pages as they were, bit i for page first+i; those in `clear` (MARK_DIRTY | MARK_REFERENCED) are cleared. */
  dataspaceMarks(dataspace: number, first: number, count: number, clear: number): PageMarks;
  /** The first dirty page from `first` on, or NotFound negated. */
  dataspaceNextDirty(dataspace: number, first: number): number;
  /** Evict those that are not dirty: how many. */
  dataspaceReclaim(dataspace: number, first: number, count: number): number;

  domainCreate(capQuota: number, frameQuota: number, faultEndpoint: number, badge: number): number;
  domainStart(domain: number, dataspace: number, image: number): number;
  domainKill(domain: number): number;
  domainSuspend(domain: number): number;
  domainResume(domain: number): number;
  exit(status: number): never;

  monotonic(): bigint;
  wallClock(): bigint;
  log(text: string): void;

  /** Administration; `system` is a capability to the System object. */
  system: SystemCalls;
}

export interface DomainInfo {
  domain: number; name: string; state: "unused" | "created" | "running" | "suspended" | "dying";
  placement: "worker" | "inline"; movable: boolean; caps: number; capQuota: number; frames: number; frameQuota: number;
  /** Bytes of the domain's memory, as the machine knows it. */
  memory: number;
  /** What its thread does: "running", "receiving", "calling NAME", "waiting", "sending". */
  activity: string; waitsOn: number; calls: bigint; served: bigint; cpuTime: bigint;
}
export interface CapRow { slot: number; kind: number; rights: number; badge: number; object: number; owner: number }
/** One call path's count since boot. */
export interface CallCount { from: number; to: number; label: number; count: bigint }
export interface KernelCounts { domains: number; threads: number; endpoints: number; notifications: number; dataspaces: number; frames: number; caps: number; replies: number }
/** See abi/layout for the kinds. Times in monotonic nanoseconds. */
export interface TraceEvent { sequence: bigint; time: bigint; kind: number; thread: number; domain: number; peer: number; label: number; value: number }

export interface SystemCalls {
  domains(system: number): DomainInfo[];
  caps(system: number, domain: number): CapRow[];
  counts(system: number): KernelCounts;
  callCounts(system: number): CallCount[];
  setName(system: number, domain: number, name: string): number;
  /** Kill any domain by number. */
  kill(system: number, domain: number): number;
  /** Move a server; refused with NotSupported if it cannot be placed so. */
  place(system: number, domain: number, placement: "worker" | "inline"): number;
  setTrace(system: number, on: boolean): number;
  /** Events with a sequence number above `after`, oldest first. */
  trace(system: number, after: bigint): TraceEvent[];
}
