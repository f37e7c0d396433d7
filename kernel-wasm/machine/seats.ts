// Seats of Workers: each thread number that is in use is a seat with a Worker on it, idle until a domain is run there. A Worker that has run
// enough, or left too much, or had to be ended, is replaced; some are kept idle, since starting one takes longer than anything else here.
//
//   starting --ready--> idle --take--> busy --done--> idle          any --replace--> ending --the platform's proof--> starting
//
// A message may still be under way from a Worker that was ended: one that is ending hears nothing but the platform.
//
// What a seat's domain held is reclaimed by `vacated`, which the machine gives: only with the proof that nothing runs there any more.

import { MAX_THREADS } from "../../abi/layout/limits.ts";
import type { MachineHost, WorkerHandle } from "./machine-host.ts";
import type { Birth, FromWorker, Image, Prepare } from "./worker/messages.ts";

/** Programs run in a Worker before it is replaced: what they leave for the garbage collector goes with it. */
const RUNS_PER_WORKER = 24;
const LARGE_PROGRAM = 64 << 20;

export interface Seat {
  readonly thread: number;
  handle: WorkerHandle;
  state: "starting" | "idle" | "busy" | "ending";
  domain: number;
  runs: number;
  /** Memory of the running program, so that its poll word can be set. */
  memory: WebAssembly.Memory | undefined;
  /** What its Worker has loaded the code of and not yet run. */
  prepared: string | undefined;
  ready: Promise<void>;
  setReady: () => void;
}

export interface NewWorker { readonly handle: WorkerHandle; readonly prepared: string | undefined }

export function createWorker(host: MachineHost, thread: number, prepared?: string): NewWorker {
  const lock = `grailos-worker-${thread}-${Math.random().toString(36).slice(2)}`, handle = host.createWorker(`thread ${thread}`, lock);
  handle.post({ kind: "prepare", lock, ...(prepared === undefined ? {} : { image: prepared }) } satisfies Prepare);
  return { handle, prepared };
}

/** What a Worker can be prepared for: the code of a TypeScript image. */
const codeOf = (image: Image): string => image.kind === "programs" ? "programs" : image.name;

/** What the machine does for the seats. */
export interface SeatKeeper {
  readonly host: MachineHost;
  /** Idle Workers to keep. */
  readonly spare: number;
  /** See that there is memory for what the machine keeps for a thread: whether there is. */
  room(thread: number): boolean;
  birth(thread: number): Birth;
  log(domain: number, text: string): void;
  /** A server has stored something that is to be kept. */
  keep(): void;
  /** Nothing of the seat's domain runs any more. `crashed`: its Worker is gone, whether it was ended or the platform did it. */
  vacated(seat: Seat, crashed: boolean): void;
  /** Its Worker is about to be terminated. */
  condemned(thread: number): void;
  stopped(): boolean;
}

export class Seats {
  readonly all: Seat[] = [];
  readonly #keeper: SeatKeeper;
  /** Workers that were created before there was anything to give them. */
  readonly #early: NewWorker[];
  readonly #claimed = new Set<Seat>();

  constructor(keeper: SeatKeeper, early: NewWorker[]) {
    this.#keeper = keeper;
    this.#early = early;
  }

  /** A seat for each Worker that was created early. */
  open(): void { for (let i = this.#early.length; i > 0; i--) this.#add(); }

  #add(): Seat | undefined {
    const used = new Set(this.all.map((seat) => seat.thread));
    let thread = 1;
    while (used.has(thread)) thread++;
    if (thread >= MAX_THREADS || !this.#keeper.room(thread)) return undefined;
    const seat = { thread, state: "starting", domain: 0, runs: 0, memory: undefined } as unknown as Seat;
    this.all.push(seat);
    this.#populate(seat);
    return seat;
  }

  /** Put a new Worker on a seat. */
  #populate(seat: Seat): void {
    seat.state = "starting";
    seat.runs = 0;
    seat.domain = 0;
    // Whoever waits for a Worker that died before it was ready looks again.
    seat.setReady?.();
    seat.ready = new Promise((resolve) => { seat.setReady = resolve; });
    const { handle, prepared } = this.#early.shift() ?? createWorker(this.#keeper.host, seat.thread);
    seat.handle = handle;
    seat.prepared = prepared;
    handle.onmessage = (message) => { if (seat.handle === handle) this.#hear(seat, message as FromWorker); };
    handle.post(this.#keeper.birth(seat.thread));
    handle.dead.then(() => { if (seat.handle === handle) this.#workerDied(seat); }, () => undefined);
  }

  #hear(seat: Seat, message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        if (seat.state === "starting") seat.state = "idle";
        seat.setReady();
        break;
      case "log": this.#keeper.log(message.domain, message.text); break;
      case "keep": this.#keeper.keep(); break;
      case "done": {
        // It was ended meanwhile: the seat is free when the platform says so, not when a message that was under way arrives.
        if (seat.state === "ending") break;
        seat.runs++;
        const large = message.memory > LARGE_PROGRAM || seat.runs >= RUNS_PER_WORKER;
        this.#keeper.vacated(seat, false);
        if (large) this.replace(seat); else { seat.state = "idle"; this.keepSpare(); }
        break;
      }
    }
  }

  /** End its Worker by force; a new one comes when the platform says that it is no more. */
  replace(seat: Seat): void {
    seat.state = "ending";
    this.#keeper.condemned(seat.thread);
    seat.handle.terminate();
  }

  #workerDied(seat: Seat): void {
    if (this.#keeper.stopped()) return;
    this.#keeper.vacated(seat, true);
    this.#populate(seat);
  }

  /** A seat that is idle, busy from now on; undefined if all threads are in use, or there is no memory for another one's window. */
  async take(image: Image): Promise<Seat | undefined> {
    while (true) {
      const seat = this.#seatFor(codeOf(image)) ?? this.#add();
      if (!seat) return undefined;
      if (seat.state === "starting") {
        this.#claimed.add(seat);
        await seat.ready;
        this.#claimed.delete(seat);
      }
      if (seat.state === "idle") { seat.state = "busy"; seat.prepared = undefined; return seat; }
    }
  }

  /** A free seat: one that has the code, else one that was prepared for nothing, else any; of these one that is idle. */
  #seatFor(code: string): Seat | undefined {
    let best: Seat | undefined, least = Infinity;
    for (const seat of this.all) {
      if (seat.state !== "idle" && (seat.state !== "starting" || this.#claimed.has(seat))) continue;
      const cost = (seat.prepared === code ? 0 : seat.prepared === undefined ? 2 : 4) + (seat.state === "idle" ? 0 : 1);
      if (cost < least) { best = seat; least = cost; }
    }
    return best;
  }

  keepSpare(): void {
    const free = this.all.filter((seat) => seat.state === "idle" || (seat.state === "starting" && !this.#claimed.has(seat))).length;
    for (let i = free; i < this.#keeper.spare; i++) if (!this.#add()) break;
  }
}
