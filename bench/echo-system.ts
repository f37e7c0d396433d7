// A machine with three domains for `ipc`: init, a puppet that gives out work; the client; the echo server, in its own Worker or inline.

import { LABEL_JOB, JOB_END } from "./assembly/labels.ts";
import type { Bench } from "./context.ts";
import { RIGHT_ALL, RIGHT_RECEIVE, RIGHT_WRITE, RIGHT_GRANT, RIGHT_READ, SLOT_NAMES, SLOT_SELF } from "../abi/layout/limits.ts";
import { Machine } from "../kernel-wasm/machine/machine.ts";
import { Puppet } from "../kernel-wasm/testing/puppet-control.ts";

const NATIVE_MODULE = 12, ECHO = 200;
const CAPS = 64, FRAMES = 256;

export class EchoSystem {
  readonly #machine: Machine;
  readonly #init: Puppet;
  #jobs = 0;
  #server = 0;
  #reply = 0;
  #clientSlot = 0;

  private constructor(machine: Machine) {
    this.#machine = machine;
    this.#init = new Puppet(machine.line("init"), "init");
  }

  static async start(bench: Bench): Promise<EchoSystem> {
    const machine = await Machine.start(bench.puppetHost(), {
      images: [{ number: 1, name: "init", kind: "driver" }, { number: 11, name: "linux", kind: "linux" }, { number: NATIVE_MODULE, name: "native-module", kind: "native-module" }, { number: ECHO, name: "bench-echo-server", kind: "server" }],
      modules: { linux: "wasm/linux.wasm", "bench-echo-server": "wasm/bench-echo-server.wasm" },
      kernel: "wasm/kernel.wasm", manifest: "", workersAtBoot: 3, spare: 0, pagePages: 2048,
    });
    machine.onLog = (domain, text) => bench.say(`domain ${domain}: ${text}`);
    machine.onDied = (died) => bench.say(`domain ${died.domain} ended: ${died.reason} ${died.status} ${died.text}`);
    const system = new EchoSystem(machine);
    machine.boot();
    await system.#init.up;
    await system.#startServer();
    await system.#startClient(new Uint8Array(await (await fetch(new URL("wasm/bench-client.wasm", bench.base))).arrayBuffer()));
    return system;
  }

  #endpoint = 0;

  async #startServer(): Promise<void> {
    const slot = await this.#ok("domainCreate", CAPS, FRAMES, 0, 0);
    this.#endpoint = await this.#ok("endpointCreate");
    await this.#ok("capGrant", slot, this.#endpoint, RIGHT_ALL, 0, SLOT_SELF);
    await this.#ok("domainStart", slot, 0, ECHO);
    this.#server = (await this.#init.do("capInfo", slot))!.object;
  }

  async #startClient(module: Uint8Array): Promise<void> {
    const program = await this.#ok("dataspaceCreate", BigInt(module.length));
    await this.#ok("dataspaceWrite", program, 0n, module);
    this.#clientSlot = await this.#ok("domainCreate", CAPS, FRAMES, 0, 0);
    this.#jobs = await this.#ok("endpointCreate");
    await this.#ok("capGrant", this.#clientSlot, this.#jobs, RIGHT_WRITE, 0, SLOT_NAMES);
    this.#endpoint = await this.#ok("capGrant", this.#clientSlot, this.#endpoint, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0, -1);
    await this.#ok("domainStart", this.#clientSlot, program, NATIVE_MODULE);
    await this.#next();
  }

  async #ok(call: "domainCreate" | "endpointCreate" | "capGrant" | "domainStart" | "dataspaceCreate" | "dataspaceWrite" | "reply", ...args: unknown[]): Promise<number> {
    const status = await (this.#init.do as (call: string, ...args: unknown[]) => Promise<number>).call(this.#init, call, ...args);
    if (status < 0) throw new Error(`${call}: error ${-status}`);
    return status;
  }

  /** Waits for the client to ask for work: nanoseconds of the job before. */
  async #next(): Promise<number> {
    const message = await this.#init.do("receive", this.#jobs);
    if (message.status < 0 || message.label !== LABEL_JOB) throw new Error(`the client did not ask for work (${message.status})`);
    this.#reply = message.reply;
    if (message.words[1] !== 0n) throw new Error(`${message.words[1]} wrong answers`);
    return Number(message.words[0]);
  }

  /** Nanoseconds of one repetition of a job, on average over `count`. */
  async run(job: number, count: number): Promise<number> {
    await this.#ok("reply", this.#reply, { status: 0, words: [BigInt(job), BigInt(count), BigInt(this.#endpoint)] });
    return await this.#next() / count;
  }

  place(placement: "worker" | "inline"): void { this.#machine.place(this.#server, placement); }

  async stop(): Promise<void> {
    await this.#ok("reply", this.#reply, { status: 0, words: [BigInt(JOB_END), 0n, 0n] });
    this.#machine.stop();
  }
}
