// The kernel's instance in a Worker: its exports as TypeScript sees them, and the part of them that programs and servers may
// import.

type Global64 = { value: bigint };
type Global32 = { value: number };

export interface KernelExports {
  readonly table: WebAssembly.Table;
  w0: Global64; w1: Global64; w2: Global64; w3: Global64; w4: Global64; w5: Global64; w6: Global64; w7: Global64;
  c0: Global32; c1: Global32; c2: Global32; c3: Global32;
  s0a: Global32; s0n: Global32; s1a: Global32; s1n: Global32; r0a: Global32; r0n: Global32;
  label: Global32; badge: Global32; rights: Global32; shape: Global32; answer: Global32;
  call(endpoint: number, label: number, shape: number): number;
  callTimed(endpoint: number, label: number, shape: number, timeout: bigint): number;
  relay(endpoint: number, label: number, shape: number): number;
  send(endpoint: number, label: number, shape: number, timeout: bigint): number;
  callBegin(endpoint: number, label: number, shape: number): number;
  callFinish(): number;
  receive(endpoint: number, timeout: bigint): number;
  receiveBegin(endpoint: number): number;
  receiveFinish(): number;
  receiveCancel(): number;
  reply(reply: number, status: number, shape: number): number;
  replyAndReceive(status: number, shape: number, endpoint: number): number;
  saveReply(): number;
  fetch(reply: number, which: number, offset: number, destination: number, length: number): number;
  deliver(reply: number, offset: number, source: number, length: number): number;
  capMint(source: number, rights: number, badge: number): number;
  capCopy(source: number): number;
  capMove(source: number, to: number): number;
  capDelete(slot: number): number;
  capRevoke(slot: number): number;
  capInfo(slot: number): number;
  capWatch(slot: number): number;
  capGrant(domain: number, source: number, rights: number, badge: number, to: number): number;
  endpointCreate(): number;
  notificationCreate(): number;
  signal(notification: number, bits: bigint): number;
  wait(notification: number, timeout: bigint): number;
  waitBegin(notification: number, patient: number): number;
  waitFinish(): number;
  notificationBind(notification: number, endpoint: number): number;
  dataspaceCreate(size: bigint): number;
  dataspaceRead(dataspace: number, offset: bigint, memory: number, destination: number, length: number): number;
  dataspaceWrite(dataspace: number, offset: bigint, memory: number, source: number, length: number): number;
  dataspaceResize(dataspace: number, size: bigint): number;
  dataspaceInfo(dataspace: number): number;
  dataspaceSetPager(dataspace: number, endpoint: number, badge: number): number;
  dataspaceEvict(dataspace: number, first: number, count: number): number;
  dataspaceSupply(dataspace: number, offset: bigint, source: number, length: number): number;
  dataspaceMarks(dataspace: number, first: number, count: number, clear: number): number;
  dataspaceNextDirty(dataspace: number, first: number): number;
  dataspaceReclaim(dataspace: number, first: number, count: number): number;
  domainCreate(capQuota: number, frameQuota: number, faultEndpoint: number, badge: number): number;
  domainStart(domain: number, dataspace: number, image: number): number;
  domainKill(domain: number): number;
  domainSuspend(domain: number): number;
  domainResume(domain: number): number;
  exit(status: number): void;
  monotonic(): bigint;
  wallClock(): bigint;
  log(text: number, length: number): number;
  breakOff(status: number): void;
  systemAllowed(slot: number, right: number): number;
  systemKill(slot: number, domain: number): number;
  systemPlace(slot: number, domain: number, placement: number): number;
  systemSetTrace(slot: number, on: number): number;
  // The machine's own.
  boot(frames: number): void;
  createInit(capQuota: number, frameQuota: number): number;
  setThread(number: number): void;
  runDomain(domain: number, memory: number, program: number): void;
  setMemoryOf(domain: number, memory: number): void;
  attach(domain: number, thread: number, movable: number): number;
  fail(domain: number, reason: number, status: number): void;
  condemn(thread: number): void;
  interrupt(thread: number): void;
  detach(thread: number): void;
  unpinned(thread: number): number;
  reap(domain: number): number;
  tidy(): void;
}

/** What a Wasm module gets as its import module `kernel`: exactly what lib/assembly/kernel.ts declares. */
const OFFERED = [
  "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "c0", "c1", "c2", "c3", "s0a", "s0n", "s1a", "s1n", "r0a", "r0n",
  "label", "badge", "rights", "shape", "answer",
  "call", "callTimed", "relay", "send", "receive", "reply", "replyAndReceive", "saveReply", "fetch", "deliver",
  "capMint", "capCopy", "capMove", "capDelete", "capRevoke", "capInfo", "capWatch", "capGrant",
  "endpointCreate", "notificationCreate", "signal", "wait", "notificationBind",
  "dataspaceCreate", "dataspaceRead", "dataspaceWrite", "dataspaceResize", "dataspaceInfo", "dataspaceSetPager", "dataspaceEvict",
  "dataspaceSupply", "dataspaceMarks", "dataspaceNextDirty", "dataspaceReclaim",
  "domainCreate", "domainStart", "domainKill", "domainSuspend", "domainResume", "exit", "monotonic", "wallClock", "log",
] as const satisfies readonly (keyof KernelExports)[];

export function offered(kernel: KernelExports): WebAssembly.ModuleImports {
  return Object.fromEntries(OFFERED.map((name) => [name, kernel[name] as unknown as WebAssembly.ImportValue]));
}

/** What the kernel imports from the machine: kernel-wasm/assembly/machine.ts. */
export interface MachineImports {
  enter(memory: number, label: number, badge: number): number;
  probe(never: number): void;
  map(domain: number): number;
  leave(): void;
  size(memory: number): number;
  grow(frames: number): number;
  clock(): number;
  monotonic(): bigint;
  wall(): bigint;
  log(memory: number, address: number, length: number): void;
}

export function instantiateKernel(module: WebAssembly.Module, memory: WebAssembly.Memory, machine: MachineImports): KernelExports {
  const instance = new WebAssembly.Instance(module, { env: { memory }, machine: machine as unknown as WebAssembly.ModuleImports });
  return instance.exports as unknown as KernelExports;
}
