// The entry of the native personality's image: the machine runs it in a Worker of its own for each native process. The process server has put
// the program's name into GRAIL_PROGRAM; its module is loaded, run, and the domain ends with its status.

import type { Devices, Startup } from "../../lib/ts/devices.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { Failure } from "./api/failure.ts";
import { KernelSystem } from "./api/kernel-system.ts";
import { runProgram } from "./api/program.ts";
import { encode, writeAll } from "./api/streams.ts";
import { programs } from "./programs.ts";

export { rehearse } from "./rehearsal.ts";

export async function main(kernel: Kernel, _devices: Devices, _startup: Startup): Promise<never> {
  const system = KernelSystem.start(kernel);
  if (system instanceof Failure) {
    kernel.log(`native: cannot start: ${system.message}`);
    return kernel.exit(126);
  }
  const name = system.env.get("GRAIL_PROGRAM") ?? "";
  const load = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (!load) {
    writeAll(system, 2, encode(`${system.args[0] ?? "native"}: there is no native program named '${name}'\n`));
    return kernel.exit(127);
  }
  let status = 126;
  try {
    const program = await load();
    (system.env as Map<string, string>).delete("GRAIL_PROGRAM");
    status = runProgram(program, system);
  } catch (thrown) {
    // The machine leaves a dead domain's code by throwing: that must go on. Anything else is a bug, which the user should see.
    if (!(thrown instanceof Error)) throw thrown;
    writeAll(system, 2, encode(`${name}: internal error: ${thrown instanceof RangeError ? "stack or memory exhausted" : thrown.message}\n`));
    kernel.log(`${name}: ${thrown.stack ?? thrown.message}`);
    status = 134;
  }
  return kernel.exit(status);
}
