// The System capability bound to the kernel's administrative calls.

import type { Kernel } from "../../../lib/ts/kernel.ts";
import { Failure, type Result } from "./failure.ts";
import type { Administration } from "./native-system.ts";

const status = (number: number): Result<0> => (number < 0 ? Failure.ofNumber(number) : 0);

export function administrationOf(kernel: Kernel, system: number): Administration {
  const calls = kernel.system;
  return {
    domains: () => calls.domains(system),
    caps: (domain) => calls.caps(system, domain),
    counts: () => calls.counts(system),
    callCounts: () => calls.callCounts(system),
    kill: (domain) => status(calls.kill(system, domain)),
    place: (domain, placement) => status(calls.place(system, domain, placement)),
    setTrace: (on) => status(calls.setTrace(system, on)),
    trace: (after) => calls.trace(system, after),
  };
}
