// The whole system under Node, for scenarios that need no browser: the real kernel, servers and programs in worker_threads, terminal 0
// as text. `npm run build -- wasm images` must have run.
//
//   const system = await NodeSystem.boot();
//   const { output, status } = await system.run("echo hello");
//   await system.stop();

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import type { FromPage, ToPage } from "../../lib/ts/devices.ts";
import { DIRECT_PATH, IMAGES, KERNEL_PATH, modulePaths } from "../../kernel-wasm/machine/images.ts";
import { Machine, type Died } from "../../kernel-wasm/machine/machine.ts";
import { nodeMachineHost } from "../../kernel-wasm/machine/node/machine-host.ts";
import type { Line } from "../../kernel-wasm/machine/worker/host.ts";
import { TextTerminal, type Ran } from "../fixtures/text-terminal.ts";
import type { SessionKind } from "../../web/model/machine-api.ts";
import { Courier } from "../../web/services/courier-client.ts";

const WORKER = ".cache/node-system/domain-worker.mjs";

export class NodeSystem {
  readonly machine: Machine;
  readonly courier: Courier;
  readonly log: string[] = [];
  readonly deaths: Died[] = [];
  readonly #console: Line;
  readonly terminal: TextTerminal;

  private constructor(machine: Machine) {
    this.machine = machine;
    machine.onLog = (domain, text) => { this.log.push(`[${machine.inspector.domainName(domain)}] ${text}`); };
    machine.onDied = (died) => { this.deaths.push(died); };
    this.#console = machine.line("console");
    this.courier = new Courier(machine.line("courier"));
    this.terminal = new TextTerminal(
      (data) => this.send({ terminal: 0, kind: "input", data }),
      () => `The log:\n${this.log.slice(-40).join("\n")}\nDeaths: ${JSON.stringify(this.deaths.slice(-8))}`,
    );
    this.#console.onmessage = (message) => {
      const shown = message as ToPage;
      if (shown.terminal !== 0 || shown.kind !== "output") return;
      this.terminal.hear(shown.data);
      this.send({ terminal: 0, kind: "consumed", bytes: shown.data.length });
    };
  }

  /** `disks`: a folder for what persistent disks keep; `session` as for a page: a link's gets none of it. */
  static async boot(manifest = readFileSync("servers/init/boot.yaml", "utf8"), { disks, session = "own" }: { disks?: string; session?: SessionKind } = {}): Promise<NodeSystem> {
    // Workers get the environment as it is when they are made.
    if (disks === undefined) delete process.env["GRAIL_DISKS"]; else process.env["GRAIL_DISKS"] = disks;
    await build({
      entryPoints: ["e2e/node/domain-worker.ts"], outfile: WORKER, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error",
      banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    });
    const machine = await Machine.start(nodeMachineHost(`${process.cwd()}/${WORKER}`, `${process.cwd()}/build`), {
      images: IMAGES, modules: modulePaths(manifest), kernel: KERNEL_PATH, direct: DIRECT_PATH, manifest, storage: session === "own", workersAtBoot: 10, spare: 2,
    });
    const system = new NodeSystem(machine);
    machine.boot();
    system.send({ terminal: 0, kind: "open" });
    system.send({ terminal: 0, kind: "resize", columns: 200, rows: 50 });
    return system;
  }

  send(message: FromPage): void { this.#console.send(message); }
  prompt(): Promise<string> { return this.terminal.prompt(); }
  run(line: string, patience?: number): Promise<Ran> { return this.terminal.run(line, patience); }

  async stop(): Promise<void> { this.machine.stop(); }
}
