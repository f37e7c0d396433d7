// What computing costs inside the system: CPython's recursion and Clang on a large file, against the same modules in a bare Worker. A
// program's code runs as it is, so the difference should be noise.

import { benchmark } from "./benchmark.ts";
import { ask } from "./context.ts";
import { imageModule } from "./image-module.ts";
import { largeSource } from "./large-source.ts";
import { median, round, Rounds } from "./rounds.ts";
import type { ShimResult, ShimRun } from "./shim-worker.ts";

const FIB = `import time
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
for _ in range(9):
    start = time.perf_counter()
    fib(24)
    print(time.perf_counter() - start)
`;
const COMPILE = ["clang", "-c", "-O2", "-ffreestanding", "--target=wasm32-wasi", "large.c", "-o", "large.o"];

export default benchmark({
  name: "cpu",
  describe: "CPython computing Fibonacci numbers and Clang compiling a large file, in the system and in a bare Worker.",

  async setup(bench) {
    const system = await bench.shellSystem();
    const source = largeSource();
    await system.text("/tmp/fib.py", FIB);
    await system.text("/tmp/large.c", source);
    bench.say("compiling CPython and Clang");
    const python = await imageModule(bench, "python"), llvm = await imageModule(bench, "llvm.core");
    return { system, python, llvm, source: new TextEncoder().encode(source) };
  },

  async run({ system, python, llvm, source }, bench) {
    // A Worker for each run, as the system has one for each process.
    const bare = async (module: WebAssembly.Module, args: string[], files: Record<string, Uint8Array>): Promise<ShimResult> => {
      const worker = bench.worker("shim", "bare");
      try {
        const result = await ask<ShimResult>(worker, { module, args, files } satisfies ShimRun);
        if (result.status !== 0) throw new Error(`${args[0]} ended with ${result.status}: ${result.output.slice(-300)}`);
        return result;
      } finally { worker.terminate(); }
    };
    // The interpreter tells the time of its own loop; the first ones warm up.
    const seconds = (output: string): number => median(output.trim().split(/\s+/).slice(4).map(Number)) * 1000;
    const rounds = new Rounds();
    bench.say("CPython");
    await rounds.take({
      python_grailos: async () => seconds(await system.run("python3 /tmp/fib.py")),
      python_bare: async () => seconds((await bare(python, ["python3", "/fib.py"], { "fib.py": new TextEncoder().encode(FIB) })).output),
    }, 9, 1);
    bench.say("Clang");
    await rounds.take({
      clang_grailos: async () => {
        const began = performance.now();
        await system.run(`cd /tmp; /usr/lib/llvm/bin/${COMPILE.join(" ")}`);
        return performance.now() - began;
      },
      clang_bare: async () => {
        const { created, time } = await bare(llvm, COMPILE, { "large.c": source });
        if (!created["large.o"]) throw new Error("Clang wrote nothing");
        return time;
      },
    }, 5, 1);
    const names = ["python_grailos", "python_bare", "clang_grailos", "clang_bare"];
    const python_over_bare = rounds.ratio("python_grailos", "python_bare"), clang_over_bare = rounds.ratio("clang_grailos", "clang_bare");
    return {
      metrics: Object.fromEntries(names.map((name) => [name, rounds.metric(name, "ms")])),
      ratios: { grailos_over_bare: round(Math.sqrt(python_over_bare * clang_over_bare)), python_over_bare, clang_over_bare },
    };
  },

  async teardown({ system }) { system.stop(); },
});
