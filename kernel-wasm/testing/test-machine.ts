// A real machine with the real kernel under Node, for the kernel's own tests: domains are puppets in real Workers.
//
//   const machine = await TestMachine.start();
//   const server = await machine.domain();           // made and started by init
//   const endpoint = await server.do("endpointCreate");
//   ...
//   await machine.settle(countsAtTheStart);          // nothing leaked, every invariant holds
//   await machine.stop();

import { mkdirSync } from "node:fs";
import { build } from "esbuild";
import { Machine, type Died } from "../machine/machine.ts";
import { IMAGES } from "../machine/images.ts";
import { nodeMachineHost } from "../machine/node/machine-host.ts";
import type { Image } from "../machine/worker/messages.ts";
import { D_MOVABLE, DOMAIN_SIZE, DOMAINS } from "../../abi/layout/kernel-memory.ts";
import { RIGHT_ALL, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { KernelCounts } from "../../lib/ts/kernel.ts";
import { brokenInvariants } from "./invariants.ts";
import { Lives } from "./lives.ts";
import type { AssemblyModule } from "../../tools/build/assembly-modules.ts";
import { kernelModules, testModule } from "./modules.ts";
import { Puppet } from "./puppet-control.ts";
import { stallText } from "./stall-report.ts";

export interface TestDomain extends Puppet { readonly number: number; readonly slot: number }

export interface TestServer { readonly number: number; readonly slot: number; readonly endpoint: number }

/** Milliseconds that a puppet may take to come up. */
const PATIENCE = 60_000;

/** D_MOVABLE of a server that has received for the first time: before that its calls go to its own Worker, wherever it is placed. */
const SERVES = 2;

const FIRST_PUPPET = 100;
const FIRST_SERVER = 200;

export class TestMachine {
  readonly machine: Machine;
  readonly init: Puppet;
  /** Every domain that has ended, with its reason. */
  readonly deaths: Died[] = [];
  readonly #lives = new Lives();
  readonly #servers: readonly string[];
  #next = 0;

  private constructor(machine: Machine, servers: readonly string[]) {
    this.machine = machine;
    this.#servers = servers;
    this.init = new Puppet(machine.line("init"), "init");
  }

  /** `servers`: entry files of AssemblyScript servers by name; see `server`. */
  static async start({ servers = {}, pagePages = 2048 }: { servers?: Readonly<Record<string, string | AssemblyModule>>; pagePages?: number } = {}): Promise<TestMachine> {
    mkdirSync(".cache", { recursive: true });
    const entry = `.cache/puppet-worker-${process.pid}.mjs`;
    await build({ entryPoints: ["kernel-wasm/testing/puppet-worker.ts"], outfile: entry, bundle: true, platform: "node", format: "esm", logLevel: "error" });
    const site = await kernelModules(), modules: Record<string, string> = { linux: "wasm/linux.wasm" };
    const images: Image[] = IMAGES.filter((image) => image.name === "init" || ["linux", "native-module", "disk-ram"].includes(image.name));
    for (let i = 0; i < 64; i++) images.push({ number: FIRST_PUPPET + i, name: `puppet${i}`, kind: "driver" });
    for (const [index, name] of Object.keys(servers).entries()) {
      modules[name] = await testModule(name, servers[name]!);
      images.push({ number: FIRST_SERVER + index, name, kind: "server" });
    }
    const machine = await Machine.start(nodeMachineHost(`${process.cwd()}/${entry}`, site), {
      images, modules, kernel: "wasm/kernel.wasm", manifest: "", workersAtBoot: 4, spare: 1, pagePages,
    });
    const test = new TestMachine(machine, Object.keys(servers));
    machine.onDied = (died) => { test.deaths.push(died); test.#lives.died(died.domain); };
    machine.boot();
    await test.init.up;
    return test;
  }

  /** A new domain of its own image, made by init; `fault` is init's slot of an endpoint for its death notice; `begun` is done
   *  as soon as it is to start. */
  async domain(capQuota = 256, frameQuota = 256, fault = 0, badge = 0, begun: (slot: number) => Promise<void> = () => Promise.resolve()): Promise<TestDomain> {
    const index = await this.#freePuppet(), image = `puppet${index}`;
    const slot = await this.init.do("domainCreate", capQuota, frameQuota, fault, badge);
    if (slot < 0) throw new Error(`domainCreate: ${slot}`);
    const info = await this.init.do("capInfo", slot);
    const line = this.machine.line(image);
    const puppet = new Puppet(line, image);
    const started = await this.init.do("domainStart", slot, 0, FIRST_PUPPET + index);
    if (started < 0) throw new Error(`domainStart: ${started}`);
    await begun(slot);
    await Promise.race([puppet.up, new Promise((_, reject) => { setTimeout(() => reject(new Error(`domain ${info!.object} on ${image} did not come up: ${stallText(this)}`)), PATIENCE).unref(); })]);
    return Object.assign(puppet, { number: info!.object, slot });
  }

  /** Start an AssemblyScript server with an endpoint of its own in SLOT_SELF: init's slots of the domain and of the endpoint. */
  async server(name: string, placement: "worker" | "inline" = "worker", capQuota = 4096): Promise<TestServer> {
    const { init } = this, slot = await init.do("domainCreate", capQuota, 256, 0, 0), endpoint = await init.do("endpointCreate");
    const number = (await init.do("capInfo", slot))!.object;
    await init.do("capGrant", slot, endpoint, RIGHT_ALL, 0, SLOT_SELF);
    const started = await init.do("domainStart", slot, 0, FIRST_SERVER + this.#servers.indexOf(name));
    if (started < 0) throw new Error(`domainStart of ${name}: ${started}`);
    await this.until(() => this.machine.inspector.u32(DOMAINS + number * DOMAIN_SIZE + D_MOVABLE) === SERVES, `${name} to serve`, PATIENCE);
    if (placement === "inline") this.machine.place(number, "inline");
    return { slot, endpoint, number };
  }

  /** The next image of a puppet that no domain runs: one line belongs to each, and a domain that outlived sixteen others still has its own. */
  async #freePuppet(): Promise<number> {
    let index = 0;
    await this.until(() => {
      const used = new Set(this.machine.inspector.domains().filter(({ state }) => state !== "unused").map(({ domain }) => this.machine.imageOf(domain)?.name));
      for (let tried = 0; tried < 16; tried++) {
        index = this.#next++ % 16;
        if (!used.has(`puppet${index}`)) return true;
      }
      return false;
    }, "a puppet that is free");
    return index;
  }

  /** Kill these domains and give up init's capabilities to them. */
  async end(...domains: readonly { slot: number; endpoint?: number }[]): Promise<void> {
    for (const { slot, endpoint } of domains) {
      await this.init.do("domainKill", slot);
      await this.init.do("capDelete", slot);
      if (endpoint) await this.init.do("capDelete", endpoint);
    }
  }

  /** Poll until `condition` holds. */
  async until(condition: () => boolean, what: string, patience = 60_000): Promise<void> {
    for (const deadline = performance.now() + patience; !condition(); await new Promise((resolve) => setTimeout(resolve, 1))) {
      if (performance.now() > deadline) throw new Error(`waited ${patience} ms for ${what}`);
    }
  }

  /** Every invariant of kernel memory (docs/invariants.md), now. Throws with what is broken. */
  check(): void {
    const { kernelMemory } = this.machine, broken = [...brokenInvariants(kernelMemory), ...this.#lives.broken(kernelMemory)];
    if (broken.length) throw new Error(`broken invariants:\n  ${broken.join("\n  ")}`);
  }

  /** Give `to` a copy of init's capability. */
  grant(to: TestDomain, slot: number, rights = RIGHT_ALL, badge = 0): Promise<number> { return this.init.do("capGrant", to.slot, slot, rights, badge); }

  counts(): KernelCounts { return this.machine.inspector.counts(); }

  /** The leak check: poll until the counts are as given, then check every invariant. Throws with the difference after `patience` ms. */
  async settle(expected: KernelCounts, patience = 60_000): Promise<void> {
    const deadline = performance.now() + patience;
    for (;;) {
      const now = this.counts(), wrong = (Object.keys(expected) as (keyof KernelCounts)[]).filter((key) => now[key] !== expected[key]);
      if (wrong.length === 0) { this.check(); return; }
      if (performance.now() > deadline) throw new Error(`leaked: ${wrong.map((key) => `${key} ${now[key]} instead of ${expected[key]}`).join(", ")}\n${stallText(this)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> { this.machine.stop(); }
}

