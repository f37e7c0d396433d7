// A real machine with the real kernel under Node, for the kernel's own tests: domains are puppets in real Workers.
//
//   const machine = await TestMachine.start();
//   const server = await machine.domain();           // made and started by init
//   const endpoint = await server.do("endpointCreate");
//   ...
//   await machine.stop();

import { mkdirSync } from "node:fs";
import { build } from "esbuild";
import { Machine } from "../machine/machine.ts";
import { IMAGES } from "../machine/images.ts";
import { nodeMachineHost } from "../machine/node/machine-host.ts";
import type { Image } from "../machine/worker/messages.ts";
import { RIGHT_ALL } from "../../abi/layout/limits.ts";
import type { KernelCounts } from "../../lib/ts/kernel.ts";
import { kernelModules } from "./modules.ts";
import { Puppet } from "./puppet-control.ts";

export interface TestDomain extends Puppet { readonly number: number; readonly slot: number }

export class TestMachine {
  readonly machine: Machine;
  readonly init: Puppet;
  #next = 0;

  private constructor(machine: Machine) {
    this.machine = machine;
    this.init = new Puppet(machine.line("init"), "init");
  }

  static async start(extra: readonly Image[] = []): Promise<TestMachine> {
    mkdirSync(".cache", { recursive: true });
    await build({ entryPoints: ["kernel-wasm/testing/puppet-worker.ts"], outfile: ".cache/puppet-worker.mjs", bundle: true, platform: "node", format: "esm", logLevel: "error" });
    const site = await kernelModules();
    const images: Image[] = [...IMAGES.filter((image) => image.kind === "server" || image.name === "init" || image.name === "linux"), ...extra];
    for (let i = 0; i < 64; i++) images.push({ number: 100 + i, name: `puppet${i}`, kind: "driver" });
    const machine = await Machine.start(nodeMachineHost(`${process.cwd()}/.cache/puppet-worker.mjs`, site), {
      images, modules: { linux: "wasm/linux.wasm" }, kernel: "wasm/kernel.wasm", manifest: "", workersAtBoot: 4, spare: 1, pagePages: 2048,
    });
    const test = new TestMachine(machine);
    machine.boot();
    await test.init.up;
    return test;
  }

  /** A new domain of its own image, made by init; `fault` is init's slot of an endpoint for its death notice. */
  async domain(capQuota = 256, frameQuota = 256, fault = 0, badge = 0): Promise<TestDomain> {
    const index = this.#next++ % 16, image = `puppet${index}`;
    const slot = await this.init.do("domainCreate", capQuota, frameQuota, fault, badge);
    if (slot < 0) throw new Error(`domainCreate: ${slot}`);
    const info = await this.init.do("capInfo", slot);
    const line = this.machine.line(image);
    const puppet = new Puppet(line, image);
    const started = await this.init.do("domainStart", slot, 0, 100 + index);
    if (started < 0) throw new Error(`domainStart: ${started}`);
    await puppet.up;
    return Object.assign(puppet, { number: info!.object, slot });
  }

  /** Give `to` a copy of init's capability. */
  grant(to: TestDomain, slot: number, rights = RIGHT_ALL, badge = 0): Promise<number> { return this.init.do("capGrant", to.slot, slot, rights, badge); }

  counts(): KernelCounts { return this.machine.inspector.counts(); }

  /** Poll until the counts are as given. Throws with the difference after `patience` ms. */
  async settle(expected: KernelCounts, patience = 10000): Promise<void> {
    const deadline = performance.now() + patience;
    for (;;) {
      const now = this.counts(), wrong = (Object.keys(expected) as (keyof KernelCounts)[]).filter((key) => now[key] !== expected[key]);
      if (wrong.length === 0) return;
      if (performance.now() > deadline) throw new Error(`leaked: ${wrong.map((key) => `${key} ${now[key]} instead of ${expected[key]}`).join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> { this.machine.stop(); }
}

