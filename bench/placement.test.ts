// Kea's experiment under Node: clients write, read and compare files through VFS, FAT and buffer cache, while these are moved between their own
// Workers and their callers', at random. Every call is answered, and rightly; afterwards nothing is left of it.

import { mkdirSync } from "node:fs";
import { build } from "esbuild";
import { afterEach, beforeAll, expect, test } from "vitest";
import { FileClient } from "../abi/generated/ts/client/file.ts";
import { FileFlags } from "../abi/generated/ts/enums.ts";
import { nodeMachineHost } from "../kernel-wasm/machine/node/machine-host.ts";
import { kernelModules, testModule } from "../kernel-wasm/testing/modules.ts";
import { Random } from "../lib/testing/random.ts";
import { good } from "../lib/testing/files.ts";
import { linkedServers, type AssemblyModule } from "../tools/build/assembly-modules.ts";
import { compileAssembly } from "../tools/build/compile-assembly.ts";
import { JOB_READ, JOB_REWRITE, JOB_WRITE } from "./assembly/labels.ts";
import { LayeredSystem, type Arrangement } from "./layered-system.ts";

const ARRANGEMENTS: readonly [string, Arrangement][] = [["each by itself", ["vfs", "fat", "cache"]], ["the lower two linked", ["vfs", "cache+fat"]], ["all linked", ["vfs+fat+cache"]]];
const client: AssemblyModule = { name: "test-file-client", entries: ["bench/assembly/file-client.ts"], pages: [16, 1024], polled: false, flags: [], privateGlobals: 0 };

/** Files written and compared by each of the three clients. */
const ROUNDS = Number(process.env["PLACEMENT_ROUNDS"] ?? 12);

let system: LayeredSystem | undefined;
afterEach(async () => { await system?.stop(); system = undefined; });

// Compiling takes longer than a test may.
beforeAll(async () => {
  for (const image of new Set(["tmpfs", ...ARRANGEMENTS.flatMap(([, images]) => images)])) await testModule(image, image.includes("+") ? linkedServers(image) : `servers/${image}/assembly/main.ts`);
}, 600_000);

async function start(arrangement: Arrangement): Promise<LayeredSystem> {
  const site = await kernelModules(), worker = `.cache/layered-worker-${process.pid}.mjs`;
  mkdirSync(".cache", { recursive: true });
  await build({ entryPoints: ["kernel-wasm/testing/puppet-worker.ts"], outfile: worker, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  return LayeredSystem.start({
    host: nodeMachineHost(`${process.cwd()}/${worker}`, site), arrangement, client: new Uint8Array(await compileAssembly(client)),
    module: (image) => image === "kernel" || image === "linux" ? `wasm/${image}.wasm` : `wasm/test-${image}.wasm`,
  });
}

test.each(ARRANGEMENTS)("%s: files are whole while their servers are moved at random, and no call is lost", async (_name, arrangement) => {
  system = await start(arrangement);
  const { machine } = system, random = new Random(2600 + arrangement.length);
  const clients = await Promise.all([0, 1, 2].map((index) => system!.puppet(index)));
  let working = true, moves = 0;
  const moving = (async (): Promise<void> => {
    for (; working; moves++) {
      const image = arrangement[random.below(arrangement.length)]!;
      system!.place(random.below(2) ? "inline" : "worker", image);
      for (let i = random.below(30); i > 0 && working; i--) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const work = Promise.all(clients.map(async ({ puppet, kernel, root }, number) => {
    const choice = new Random(number), contents = new Map<string, Uint8Array>();
    for (let round = 0; round < ROUNDS; round++) {
      const name = `/mnt/file-${number}-${choice.below(4)}.txt`, { file } = good(await root.openAsync(FileFlags.Read | FileFlags.Write | FileFlags.Create, 0o644, name));
      const open = new FileClient(kernel, file);
      let known = contents.get(name) ?? new Uint8Array(0);
      const at = choice.below(known.length + 1), piece = Uint8Array.from({ length: 1 + choice.below(20_000) }, (_, i) => (i * 7 + round + number) & 255);
      for (let done = 0; done < piece.length;) done += good(await open.writeAsync(BigInt(at + done), piece.subarray(done))).written;
      const grown = new Uint8Array(Math.max(known.length, at + piece.length));
      grown.set(known);
      grown.set(piece, at);
      known = grown;
      if (choice.below(4) === 0) good(await open.syncAsync(false));
      if (choice.below(5) === 0) { const size = choice.below(known.length + 1); good(await open.setSizeAsync(BigInt(size))); known = known.slice(0, size); }
      for (let from = 0; from < known.length;) {
        const { data } = good(await open.readAsync(BigInt(from), 8192));
        expect(Buffer.compare(data, known.subarray(from, from + 8192)), `${name} at ${from}`).toBe(0);
        from += data.length;
      }
      contents.set(name, known);
      expect(good(await open.statAsync()).attributes.size).toBe(BigInt(known.length));
      await puppet.do("capDelete", file);
    }
  }));
  await work.finally(() => { working = false; });
  await moving;
  expect(moves).toBeGreaterThan(10);
  expect(system.died).toEqual([]);
  expect(machine.inspector.counts().replies).toBe(0);

  // The client of the benchmark, which checks what it reads.
  await system.startClient("/mnt/file");
  for (const placement of ["worker", "inline"] as const) {
    system.place(placement);
    for (const job of [JOB_WRITE, JOB_REWRITE, JOB_READ]) expect(await system.run(job, 300)).toBeGreaterThan(0);
  }
}, 120_000);
