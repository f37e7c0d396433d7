// Makes the domain of a process and starts it: quotas, the capabilities that every process finds in its slots, name. If a
// step fails nothing is left of it.

import { RIGHT_ALL, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE, SLOT_NAMES, SLOT_ROOT, SLOT_SELF, SLOT_SYSTEM } from "../../abi/layout/limits.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import type { Process } from "./process.ts";

export interface Quotas { readonly capabilities: number; readonly frames: number }
/** Rights of the name server's capability in processes: they look up. */
const USE = RIGHT_ALL & ~RIGHT_MANAGE & ~RIGHT_RECEIVE;
/** In those that may administer: they also find what is published for administrators only. */
const ADMINISTER = USE | RIGHT_MANAGE;

export class Domains {
  constructor(private readonly kernel: Kernel, private readonly quotas: Quotas) {}

  /** Start `image` (on `dataspace`, or 0) as the process's domain. 0, or a negated error. */
  start(process: Process, image: number, dataspace: number): number {
    const { kernel } = this;
    const domain = kernel.domainCreate(this.quotas.capabilities, this.quotas.frames, SLOT_SELF, process.pid);
    if (domain < 0) return domain;
    const steps = [
      () => kernel.capGrant(domain, SLOT_NAMES, this.administers(process) ? ADMINISTER : USE, 0, SLOT_NAMES),
      () => kernel.capGrant(domain, SLOT_SELF, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, process.pid, SLOT_SELF),
      () => kernel.capGrant(domain, process.root, RIGHT_ALL & ~RIGHT_RECEIVE, 0, SLOT_ROOT),
      () => process.system ? kernel.capGrant(domain, process.system, RIGHT_ALL, 0, SLOT_SYSTEM) : 0,
    ];
    process.domainNumber = kernel.capInfo(domain)?.object ?? 0;
    for (const step of steps) {
      const status = step();
      if (status < 0) return this.abandon(process, domain, status);
    }
    this.name(process);
    process.domain = domain;
    const status = kernel.domainStart(domain, dataspace, image);
    return status < 0 ? this.abandon(process, domain, status) : 0;
  }

  /** Whether it holds the System object with the right to change things, which it has from its session or inherited. */
  private administers(process: Process): boolean {
    return process.system !== 0 && ((this.kernel.capInfo(process.system)?.rights ?? 0) & RIGHT_MANAGE) !== 0;
  }

  private abandon(process: Process, domain: number, status: number): number {
    this.kernel.domainKill(domain);
    this.kernel.capDelete(domain);
    process.domain = process.domainNumber = 0;
    return status;
  }

  /** Only if this server holds the System object. */
  private name(process: Process): void {
    if (!this.kernel.capInfo(SLOT_SYSTEM)) return;
    const base = process.name.slice(process.name.lastIndexOf("/") + 1) || "process";
    this.kernel.system.setName(SLOT_SYSTEM, process.domainNumber, `${base}(${process.pid})`);
  }
}
