// What a machine looks like when a test that should be over is not: printed before the test's time is up, since nothing can be asked afterwards.
//
//   const over = reportStall(machine, 60_000);   … the test …   over();

import * as L from "../../abi/layout/kernel-memory.ts";
import type { TestMachine } from "./test-machine.ts";

/** The machine's domains, threads and locks, a line each. */
export function stallText({ machine }: TestMachine): string {
  const { inspector } = machine, lines: string[] = [`kernel lock ${inspector.u32(L.H_LOCK)}`];
  for (const { domain, name, state, placement, activity } of inspector.domains()) {
    lines.push(`domain ${domain} ${name}: ${state}, ${placement}, ${activity}, lock ${inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_LOCK)}, pending ${inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_PENDING)}`);
  }
  for (let thread = 0, at = L.THREADS; at < L.THREADS + 64 * L.THREAD_SIZE; thread++, at += L.THREAD_SIZE) {
    const word = (offset: number): number => inspector.u32(at + offset);
    if (word(L.T_STATE)) lines.push(`thread ${thread}: state ${word(L.T_STATE)}, flags ${word(L.T_FLAGS)}, domain at ${word(L.T_DOMAIN)}, waits on ${word(L.T_WAITS_ON)}, inside ${Array.from({ length: word(L.T_DEPTH) }, (_, i) => word(L.T_INSIDE + 4 * i)).join(" then ") || "none"}, server ${word(L.T_SERVER)}, copying ${word(L.T_COPYING)}`);
  }
  return `${lines.join("\n")}\n${JSON.stringify(machine.figures())}`;
}

/** Print them after `patience` milliseconds, unless the function that is returned was called before. */
export function reportStall(machine: TestMachine, patience: number): () => void {
  const timer = setTimeout(() => { console.error(`the test does not end:\n${stallText(machine)}`); }, patience);
  return () => clearTimeout(timer);
}
