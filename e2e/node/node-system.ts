// The whole system under Node, for scenarios that need no browser: the real kernel, servers and programs in worker_threads, terminal 0
// as text. `npm run build -- wasm images` must have run.
//
//   const system = await NodeSystem.boot();
//   const { output, status } = await system.run("echo hello");
//   await system.stop();

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import type { FromPage, ToPage } from "../../lib/ts/devices.ts";
import { IMAGES, KERNEL_PATH, MODULE_PATHS } from "../../kernel-wasm/machine/images.ts";
import { Machine, type Died } from "../../kernel-wasm/machine/machine.ts";
import { nodeMachineHost } from "../../kernel-wasm/machine/node/machine-host.ts";
import type { Line } from "../../kernel-wasm/machine/worker/host.ts";
import { Courier } from "../../web/services/courier-client.ts";

const WORKER = ".cache/node-system/domain-worker.mjs";

export class NodeSystem {
  readonly machine: Machine;
  readonly courier: Courier;
  readonly log: string[] = [];
  readonly deaths: Died[] = [];
  readonly #console: Line;
  #screen = "";
  #marks = 0;

  private constructor(machine: Machine) {
    this.machine = machine;
    machine.onLog = (domain, text) => { this.log.push(`[${machine.inspector.domainName(domain)}] ${text}`); };
    machine.onDied = (died) => { this.deaths.push(died); };
    this.#console = machine.line("console");
    this.courier = new Courier(machine.line("courier"));
    this.#console.onmessage = (message) => {
      const { terminal, kind, ...rest } = message as ToPage & { data?: Uint8Array };
      if (terminal !== 0 || kind !== "output") return;
      this.#screen += new TextDecoder().decode(rest.data);
      this.#console.send({ terminal: 0, kind: "consumed", bytes: rest.data!.length } satisfies FromPage);
    };
  }

  static async boot(manifest = readFileSync("servers/init/boot.yaml", "utf8")): Promise<NodeSystem> {
    await build({
      entryPoints: ["e2e/node/domain-worker.ts"], outfile: WORKER, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error",
      banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    });
    const machine = await Machine.start(nodeMachineHost(`${process.cwd()}/${WORKER}`, `${process.cwd()}/build`), {
      images: IMAGES, modules: MODULE_PATHS, kernel: KERNEL_PATH, manifest, workersAtBoot: 13, spare: 2,
    });
    const system = new NodeSystem(machine);
    machine.boot();
    system.send({ terminal: 0, kind: "open" });
    system.send({ terminal: 0, kind: "resize", columns: 200, rows: 50 });
    return system;
  }

  send(message: FromPage): void { this.#console.send(message); }
  type(text: string): void { this.send({ terminal: 0, kind: "input", data: new TextEncoder().encode(text) }); }

  /** All that terminal 0 has shown, without escape sequences and carriage returns. */
  get screen(): string { return this.#screen.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r/g, ""); }

  /** Wait until `found` holds of the screen. */
  async until(found: (screen: string) => boolean, patience = 30000): Promise<string> {
    const deadline = performance.now() + patience;
    for (;;) {
      const screen = this.screen;
      if (found(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`nothing came in ${patience} ms. The terminal shows:\n${screen.slice(-3000)}\nThe log:\n${this.log.slice(-40).join("\n")}\nDeaths: ${JSON.stringify(this.deaths.slice(-8))}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  prompt(): Promise<string> { return this.until((screen) => screen.endsWith("$ ")); }

  /** Run a command line: what it printed, and its status. */
  async run(line: string, patience = 60000): Promise<{ output: string; status: number }> {
    const mark = `mark-${++this.#marks}`, before = this.screen.length;
    // The marks are split in the command, so that the echo does not look like the answer.
    this.type(`echo "${mark.slice(0, 4)}""${mark.slice(4)}<"; ${line}\necho "${mark.slice(0, 4)}""${mark.slice(4)}=$?>"\n`);
    const screen = await this.until((text) => new RegExp(`${mark}=\\d+>`).test(text.slice(before)), patience);
    const text = screen.slice(before), end = new RegExp(`${mark}=(\\d+)>`).exec(text)!;
    const start = text.indexOf(`${mark}<\n`) + mark.length + 2;
    // Behind the output stand the prompt and the echoed second line.
    const lines = text.slice(start, end.index).split("\n");
    lines.pop();
    const last = lines.at(-1) ?? "";
    const echoed = last.indexOf(`$ echo "`);
    if (echoed >= 0) lines[lines.length - 1] = last.slice(0, echoed);
    return { output: lines.join("\n"), status: Number(end[1]) };
  }

  async stop(): Promise<void> { this.machine.stop(); }
}
