// Kea's experiment (paper 4, section 6, Table 1): what it costs that a file service, a file system and the block layer below it are protected from
// each other, by where each runs. The client reads and writes a file of 1 MiB in pieces of 4 KiB; the VFS forwards every call to FAT.
//
//   separate    each in its own Worker
//   lower two   FAT and the cache linked, in one Worker, the VFS in its own
//   inline      each a domain of its own, called in the client's Worker
//   linked      all three in one module, called in the client's Worker: a monolithic kernel
//
// `read` finds its pages in the file's Dataspace, so FAT answers it; each piece that `write` adds to a file (which is cut to nothing every
// 256 pieces) makes FAT allocate and tell the cache where it belongs; `rewrite` writes over what is there.

import { FILE_PIECES, JOB_READ, JOB_REWRITE, JOB_WRITE } from "./assembly/labels.ts";
import { benchmark } from "./benchmark.ts";
import type { Bench } from "./context.ts";
import { LayeredSystem } from "./layered-system.ts";
import { Rounds } from "./rounds.ts";

const JOBS = { read: JOB_READ, write: JOB_WRITE, rewrite: JOB_REWRITE } as const;
type Job = keyof typeof JOBS;
const PLACES = ["separate", "lower_two", "inline", "linked"] as const;
type Place = (typeof PLACES)[number];

/** Pieces of a measurement: as long in a Worker as inline, roughly. A part of that comes before it, not counted: what was measured before it, between Workers or not, leaves
 *  processors and threads in different states. */
const IN_WORKERS = 768, INLINE = 25_600, BEFORE = 8;
const ROUNDS = 30, WARM = 4;
/** Microseconds on a 100 MHz Pentium; the last is FreeBSD on it. */
const KEA = { read: [184, 155, 85, 95], write: [170, 130, 73, 111] } as const;

async function start(bench: Bench, arrangement: readonly string[], placement: "worker" | "inline"): Promise<LayeredSystem> {
  const module = (image: string): string => image.includes("+") ? `wasm/linked-${image.replaceAll("+", "-")}.wasm` : `wasm/${image}.wasm`;
  const client = new Uint8Array(await (await fetch(new URL("wasm/bench-file-client.wasm", bench.base))).arrayBuffer());
  const system = await LayeredSystem.start({ host: bench.puppetHost(), arrangement, module, client, say: bench.say });
  system.place(placement);
  await system.startClient("/mnt/file");
  await system.run(JOB_WRITE, FILE_PIECES);
  return system;
}

function table(metrics: Readonly<Record<string, { readonly median: number }>>): string {
  const row = (name: string, cells: readonly (string | number)[]): string => [name.padEnd(14), ...cells.map((cell) => String(cell).padStart(10))].join("");
  const ours = (job: Job): string[] => PLACES.map((place) => metrics[`${job}_${place}`]!.median.toFixed(2));
  return ["", row("µs a piece", PLACES), row("read", ours("read")), row("write", ours("write")), row("rewrite", ours("rewrite")),
    row("Kea, µs", ["separate", "lower two", "in kernel", "FreeBSD"]), row("read", KEA.read), row("write", KEA.write)].join("\n");
}

export default benchmark({
  name: "placement",
  describe: "Reading and writing a file by way of a file service, FAT and a buffer cache, each in its own Worker, two of them linked, all inline, and all linked.",

  async setup(bench) {
    const movable = await start(bench, ["vfs", "fat", "cache"], "worker");
    return { movable, lower: await start(bench, ["vfs", "cache+fat"], "worker"), linked: await start(bench, ["vfs+fat+cache"], "inline") };
  },

  async run({ movable, lower, linked }, bench) {
    const rounds = new Rounds();
    for (const [job, number] of Object.entries(JOBS)) {
      bench.say(job);
      const microseconds = async (system: LayeredSystem, count: number): Promise<number> => { await system.run(number, count / BEFORE); return await system.run(number, count) / 1000; };
      const moved = (placement: "worker" | "inline", count: number) => async (): Promise<number> => { movable.place(placement); return microseconds(movable, count); };
      await rounds.take({
        [`${job}_separate`]: moved("worker", IN_WORKERS), [`${job}_lower_two`]: () => microseconds(lower, IN_WORKERS),
        [`${job}_inline`]: moved("inline", INLINE), [`${job}_linked`]: () => microseconds(linked, INLINE),
      }, ROUNDS, WARM);
    }
    const names = (Object.keys(JOBS) as Job[]).flatMap((job) => PLACES.map((place): [Job, Place] => [job, place]));
    const metrics = Object.fromEntries(names.map(([job, place]) => [`${job}_${place}`, rounds.metric(`${job}_${place}`, "µs")]));
    const over = (job: Job, place: Place): number => rounds.ratio(`${job}_${place}`, `${job}_linked`);
    bench.say(table(metrics));
    return {
      metrics,
      ratios: {
        all_inline_over_linked: Math.max(over("read", "inline"), over("write", "inline")),
        ...Object.fromEntries(names.filter(([, place]) => place !== "linked").map(([job, place]) => [`${job}_${place}_over_linked`, over(job, place)])),
      },
    };
  },

  async teardown({ movable, lower, linked }) {
    for (const system of [movable, lower, linked]) await system.stop();
  },
});
