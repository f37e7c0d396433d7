// Durable records: CPython writes a record and calls fsync, again and again, on ext2 on an OPFS disk, where each fsync is a commit of the journal, and
// on an OPFS access handle that a WASI shim shows as a file. Each record is appended, as logs and rollback journals are.

import { imageModule } from "./image-module.ts";
import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { MountedDisk } from "./mounted-disk.ts";
import { Rounds } from "./rounds.ts";
import type { ShimResult, ShimRun } from "./shim-worker.ts";

const RECORDS = 60, RECORD = 4096, ROUNDS = 7, WARM = 1;
const DIRECTORY = "/sync", RAW = "bench-sync-raw", SCRIPT = "/tmp/sync.py";

/** Prints the median of the microseconds that a record took. */
const source = (path: string): string => `import os, time
file = os.open("${path}", os.O_RDWR | os.O_CREAT)
times = []
for i in range(${RECORDS}):
    start = time.perf_counter()
    assert os.write(file, bytes([i & 255]) * ${RECORD}) == ${RECORD}
    os.fsync(file)
    times.append(time.perf_counter() - start)
assert os.fstat(file).st_size == ${RECORDS * RECORD}
os.close(file)
print(sorted(times)[len(times) // 2] * 1e6)
`;

export default benchmark({
  name: "sync",
  describe: "A record of 4 KiB appended and made durable by CPython, on ext2 over OPFS and on OPFS itself, in microseconds.",

  async setup(bench) {
    const system = await bench.shellSystem({ storage: true });
    await system.text(SCRIPT, source(`${DIRECTORY}/file`));
    bench.say("making a disk, compiling CPython");
    const disk = await MountedDisk.make(system, "opfs:bench-sync", DIRECTORY);
    return { system, disk, python: await imageModule(bench, "python") };
  },

  async run({ system, python }, bench) {
    const time = (output: string): number => {
      const figure = Number(output.trim());
      if (!(figure > 0)) throw new Error(`Python said: ${output}`);
      return figure;
    };
    const rounds = new Rounds(), script = new TextEncoder().encode(source(`/${RAW}`));
    bench.say("writing records");
    await rounds.take({
      ext2_record: async () => time(await system.run(`rm -f ${DIRECTORY}/file; python3 ${SCRIPT}`)),
      raw_record: async () => {
        const worker = bench.worker("shim", "raw");
        try { return time((await ask<ShimResult>(worker, { module: python, args: ["python3", "/sync.py"], files: { "sync.py": script }, stored: [RAW] } satisfies ShimRun)).output); }
        finally { worker.terminate(); }
      },
    }, ROUNDS, WARM);
    return {
      metrics: { ext2_record: rounds.metric("ext2_record", "µs"), raw_record: rounds.metric("raw_record", "µs") },
      ratios: { sync_over_raw: rounds.ratio("ext2_record", "raw_record") },
    };
  },

  async teardown({ system, disk }) {
    await disk.remove().catch(() => undefined);
    system.stop();
  },
});
