// Re-reading files of many sizes on ext2, as Iozone does: records of 4 KiB, in order, again and again, by an ordinary WASI program, with all
// servers inline and then in Workers of their own. Against the same loop, library and a page cache in one module with one memory and
// no kernel (`linked`), for which a read is some checks and one memory.copy.

import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { MountedDisk } from "./mounted-disk.ts";
import { median, Rounds } from "./rounds.ts";

// Each run begins in a new process, whose program an engine runs as slow code for some milliseconds, and with cold caches: its first try is dropped, on both sides,
// and a try lasts about four milliseconds. (With tries of one the largest file's figure was anything from 1.0 to 1.4.)
const RECORDS = 60_000, TRIES = 5, WARM_TRIES = 1, ROUNDS = 21, WORKER_ROUNDS = 11, WARM = 2;
const PROGRAM = "/tmp/reread-program", DIRECTORY = "/reread";
const SLOW_RECORDS = 600;
/** Mount options for each. */
const PROTOCOLS: Readonly<Record<string, string>> = { "1": "protocol=1,nodata", "2": "protocol=2,nodata", "3": "protocol=3,nodata", "3_dataspace": "protocol=3,data" };
/** File sizes in records of 4 KiB. */
const SIZES: Readonly<Record<string, number>> = { "64k": 16, "128k": 32, "256k": 64, "512k": 128, "1m": 256, "2m": 512, "4m": 1024, "8m": 2048, "16m": 4096 };

export default benchmark({
  name: "reread",
  describe: "4 KiB re-reads of files of 64 KiB to 16 MiB on ext2 by a WASI program, in nanoseconds.",

  async setup(bench) {
    const get = async (name: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await fetch(new URL(`wasm/${name}.wasm`, bench.base))).arrayBuffer());
    const module = await WebAssembly.compile(await get("bench-read-linked"));
    const system = await bench.shellSystem();
    await system.program(PROGRAM, await get("bench-read-program"));
    bench.say("making a disk");
    await MountedDisk.make(system, "ram:reread", DIRECTORY);
    const linked: Record<string, Worker> = {}, sums: Record<string, number> = {};
    for (const [size, filePieces] of Object.entries(SIZES)) {
      linked[size] = bench.worker("linked", `linked ${size}`);
      sums[size] = await ask<number>(linked[size], { module, filePieces });
    }
    return { system, linked, sums };
  },

  async run({ system, linked, sums }, bench) {
    const rounds = new Rounds();
    const ours = (size: string, records = RECORDS) => async (): Promise<number> => {
      const output = await system.run(`${PROGRAM} ${records} ${TRIES} ${SIZES[size]} ${DIRECTORY.slice(1)}/${size}`);
      // The checksum of what was read, then the nanoseconds of each try.
      const [read, ...lines] = output.trim().split(/\s+/).map(Number);
      if (read !== sums[size] || lines.length !== TRIES) throw new Error(`the program read something else: ${output}`);
      return median(lines.slice(WARM_TRIES)) / records;
    };
    const baseline = (size: string) => async (): Promise<number> => median((await ask<number[]>(linked[size]!, { pieces: RECORDS, rounds: TRIES })).slice(WARM_TRIES)) / RECORDS;
    const sizes = Object.keys(SIZES), names = (side: string): string[] => sizes.map((size) => `${side}_${size}`);
    // All sizes in each round: what disturbs a machine for a second is then one round's, and not most of one size's.
    const sides = (ourSide: string, theirs: string) => Object.fromEntries(sizes.flatMap((size) => [[`${ourSide}_${size}`, ours(size)], [`${theirs}_${size}`, baseline(size)]]));
    bench.say("re-reading, inline");
    await rounds.take(sides("inline", "linked"), ROUNDS, WARM);
    await system.run("place vfs worker; place ext2 worker; place cache worker");
    bench.say("re-reading, with the servers in their Workers");
    await rounds.take(sides("worker", "linked_again"), WORKER_ROUNDS, WARM);
    // Calls between domains for a cached read, by SawMill's protocols, as the kernel counts them: on a tmpfs, which has all three.
    bench.say("counting calls");
    const calls: Record<string, number> = {};
    await system.run("mkdir -p /reread-calls && mount tmpfs /reread-calls");
    for (const [name, options] of Object.entries(PROTOCOLS)) {
      await system.run(`mount -o remount,${options} /reread-calls`);
      const counted = /read 4 KiB, cached\s+([\d.]+)/.exec(await system.run("ipccount -d /reread-calls"));
      if (!counted) throw new Error("ipccount said nothing of reads");
      calls[`calls_protocol_${name}`] = Number(counted[1]);
    }
    await system.run("umount /reread-calls");
    // What such a call costs a reader, where there are no Dataspaces.
    await system.run(`mount -o remount,nodata ${DIRECTORY}`);
    await rounds.take({ without_dataspace_64k: ours("64k", SLOW_RECORDS) }, WORKER_ROUNDS, WARM);
    const inline = Object.fromEntries(sizes.map((size) => [`inline_over_linked_${size}`, rounds.ratio(`inline_${size}`, `linked_${size}`)]));
    const worker = Object.fromEntries(sizes.map((size) => [`worker_over_linked_${size}`, rounds.ratio(`worker_${size}`, `linked_again_${size}`)]));
    return {
      metrics: {
        ...Object.fromEntries([...names("inline"), ...names("linked"), ...names("worker"), "without_dataspace_64k"].map((name) => [name, rounds.metric(name, "ns")])),
        ...Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, { median: count, unit: "calls", runs: 1 }])),
      },
      ratios: { inline_over_linked: Math.max(...Object.values(inline)), worker_over_linked: Math.max(...Object.values(worker)), ...inline, ...worker },
    };
  },

  async teardown({ system, linked }) {
    for (const worker of Object.values(linked)) worker.terminate();
    system.stop();
  },
});
