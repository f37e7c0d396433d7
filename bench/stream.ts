// Sequential throughput of ext2 on an OPFS disk, through VFS, file system, buffer cache and disk driver, by a WASI program: a file is written
// in order and made durable, then, after the file system was mounted anew so that nothing is cached, read in order. Against an OPFS access
// handle with records of the same size.

import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { MountedDisk } from "./mounted-disk.ts";
import type { OpfsRun } from "./opfs-worker.ts";
import { round, Rounds } from "./rounds.ts";

const RECORDS = 384, RECORD = 65536, ROUNDS = 7, WARM = 1;
const MIB = RECORDS * RECORD / (1 << 20);
const PROGRAM = "/tmp/stream-program", DIRECTORY = "/stream", FILE = "bench-stream-raw";

export default benchmark({
  name: "stream",
  describe: `${MIB} MiB written and read in order on ext2 over OPFS, and on OPFS itself, in MiB per second.`,

  async setup(bench) {
    const bytes = new Uint8Array(await (await fetch(new URL("wasm/bench-stream-program.wasm", bench.base))).arrayBuffer());
    const system = await bench.shellSystem({ storage: true });
    await system.program(PROGRAM, bytes);
    bench.say("making a disk");
    const disk = await MountedDisk.make(system, "opfs:bench-stream", DIRECTORY);
    return { system, disk, raw: bench.worker("opfs", "opfs") };
  },

  async run({ system, disk, raw }, bench) {
    const rounds = new Rounds();
    // MiB per second.
    const ours = async (write: number): Promise<number> => {
      const time = Number(await system.run(`${PROGRAM} ${write} ${RECORDS} ${RECORD} ${DIRECTORY.slice(1)}/file`));
      if (!(time > 0)) throw new Error(`the program said ${time}`);
      return MIB / (time / 1e9);
    };
    const bare = async (kind: "write" | "read"): Promise<number> => MIB / (await ask<number>(raw, { kind, name: FILE, records: RECORDS, record: RECORD } satisfies OpfsRun) / 1000);
    bench.say("writing and reading");
    // In turns as Rounds.take has them; a side is two figures, as the file that was written is the one that is read.
    for (let turn = -WARM; turn < ROUNDS; turn++) {
      const raws = async (): Promise<void> => {
        await ask<number>(raw, { kind: "remove", name: FILE, records: 0, record: 0 } satisfies OpfsRun);
        const write = await bare("write"), read = await bare("read");
        if (turn >= 0) { rounds.add("raw_write", write); rounds.add("raw_read", read); }
      };
      const ext2 = async (): Promise<void> => {
        const write = await ours(1);
        await disk.unmount();
        await disk.mount();
        const read = await ours(0);
        await system.run(`rm ${DIRECTORY}/file`);
        if (turn >= 0) { rounds.add("ext2_write", write); rounds.add("ext2_read", read); }
      };
      if (turn & 1) { await raws(); await ext2(); } else { await ext2(); await raws(); }
    }
    return {
      metrics: Object.fromEntries(["ext2_write", "ext2_read", "raw_write", "raw_read"].map((name) => [name, rounds.metric(name, "MiB/s")])),
      ratios: { stream_write_over_raw: round(rounds.ratio("ext2_write", "raw_write")), stream_read_over_raw: round(rounds.ratio("ext2_read", "raw_read")) },
    };
  },

  async teardown({ system, disk, raw }) {
    await disk.remove().catch(() => undefined);
    await ask<number>(raw, { kind: "remove", name: FILE, records: 0, record: 0 } satisfies OpfsRun).catch(() => undefined);
    raw.terminate();
    system.stop();
  },
});
