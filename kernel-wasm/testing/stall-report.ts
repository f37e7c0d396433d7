// What a machine looks like when a test that should be over is not: printed before the test's time is up, since nothing can be asked afterwards.
//
//   const over = reportStall(machine, 60_000);   … the test …   over();

import * as L from "../../abi/layout/kernel-memory.ts";
import { OBJECT_DOMAIN } from "../../abi/layout/limits.ts";
import type { TestMachine } from "./test-machine.ts";

/** The machine's domains, with who holds them, threads and locks, a line each. */
export function stallText({ machine }: TestMachine): string {
  const { inspector } = machine, lines: string[] = [`kernel lock ${inspector.u32(L.H_LOCK)}`], domains = inspector.domains(), holders = new Map<number, string[]>();
  for (const { domain: holder } of domains) for (const { kind, owner, slot } of inspector.caps(holder)) {
    if (kind === OBJECT_DOMAIN) holders.set(owner, [...holders.get(owner) ?? [], `${holder}:${slot}`]);
  }
  for (const { domain, name, state, placement, activity } of domains) {
    lines.push(`domain ${domain} ${name}: ${state}, ${placement}, ${activity}, held by ${holders.get(domain)?.join(" ") ?? "nobody"}, lock ${inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_LOCK)}, pending ${inspector.u32(L.DOMAINS + domain * L.DOMAIN_SIZE + L.D_PENDING)}`);
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
