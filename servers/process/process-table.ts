// All processes by number. Process 1 is init: it is always there, has no domain here, and adopts orphans. Numbers go up to MAX_PID and
// start again; one that is still in use as process, group or session is not given out. Must never touch capabilities.

import { ProcessState } from "../../abi/generated/ts/enums.ts";
import { Process } from "./process.ts";

export const INIT = 1;
const MAX_PID = 32767;
/** Processes in all, and children of one process: a fork bomb fills its own share first. */
export const MAX_PROCESSES = 256, MAX_CHILDREN = 64;

export class ProcessTable {
  readonly init: Process;
  private readonly processes = new Map<number, Process>();
  private last = INIT;

  constructor() {
    this.init = new Process(INIT, undefined, INIT, INIT, 0);
    this.init.state = ProcessState.Running;
    this.init.arguments = new TextEncoder().encode("init\0");
    this.processes.set(INIT, this.init);
  }

  find(pid: number): Process | undefined { return this.processes.get(pid); }
  all(): Process[] { return [...this.processes.values()].sort((a, b) => a.pid - b.pid); }
  inGroup(group: number): Process[] { return this.all().filter((each) => each.group === group && each.pid !== INIT); }

  /** A new child, or undefined if the table or the parent's share is full. `group` 0: a group of its own. A child of init begins a session. */
  add(parent: Process, group: number, flags: number): Process | undefined {
    if (this.processes.size > MAX_PROCESSES || parent.children.size >= MAX_CHILDREN) return undefined;
    const pid = this.freeNumber();
    const made = new Process(pid, parent, group || pid, parent === this.init ? pid : parent.session, flags);
    parent.children.add(made);
    this.processes.set(pid, made);
    return made;
  }

  remove(process: Process): void {
    process.parent?.children.delete(process);
    this.processes.delete(process.pid);
  }

  /** Make init the parent of what is left. */
  adopt(orphan: Process): void {
    orphan.parent?.children.delete(orphan);
    orphan.parent = this.init;
    this.init.children.add(orphan);
  }

  private freeNumber(): number {
    const used = new Set<number>();
    for (const each of this.processes.values()) { used.add(each.pid); used.add(each.group); used.add(each.session); }
    do this.last = this.last >= MAX_PID ? INIT + 1 : this.last + 1; while (used.has(this.last));
    return this.last;
  }
}
