// How far the boot is, from the machine's events: what the boot view shows as text and as a picture.

import type { MachineEvent } from "./machine-api.ts";

export type BootPhase = "loading" | "booting" | "failed";
export interface BootProgress {
  phase: BootPhase;
  /** 0–1; never falls. */
  fraction: number;
  /** What is being done, a sentence. */
  detail: string;
  /** Steps begun, in order; all but the last are done while booting. */
  steps: string[];
}

export const bootStart: BootProgress = { phase: "loading", fraction: 0, detail: "Loading the machine", steps: [] };

export function bootStep(before: BootProgress, event: MachineEvent): BootProgress {
  if (before.phase === "failed") return before;
  // How many domains there will be is the manifest's business, so each brings the bar a part of what is left.
  if (event.kind === "domain-started") return { ...before, detail: `Starting ${event.name}`, fraction: before.fraction + Math.max(0, 0.95 - before.fraction) * 0.12 };
  if (event.kind !== "boot-progress") return before;
  const fraction = event.total > 0 ? Math.min(1, Math.max(0, event.done / event.total)) : before.fraction;
  const steps = before.steps.at(-1) === event.step ? before.steps : [...before.steps, event.step];
  return { phase: "booting", fraction: Math.max(before.fraction, fraction), detail: event.detail, steps };
}

export function bootFailed(before: BootProgress, reason: string): BootProgress { return { ...before, phase: "failed", detail: reason }; }
