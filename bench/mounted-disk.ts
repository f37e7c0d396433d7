// A fresh ext2 file system for a benchmark, on a disk of any driver (`ram:bench`, `opfs:bench`), mounted at a new directory.

import type { ShellSystem } from "./context.ts";

export class MountedDisk {
  readonly #system: ShellSystem;
  readonly #disk: string;
  readonly path: string;

  private constructor(system: ShellSystem, disk: string, path: string) { this.#system = system; this.#disk = disk; this.path = path; }

  static async make(system: ShellSystem, disk: string, path: string): Promise<MountedDisk> {
    // First what an interrupted run left behind.
    await system.run(`disk remove ${disk} 2> /dev/null; disk create ${disk} 64M && mkfs.ext2 -q -j -b 4096 -N 1024 ${disk} && mkdir -p ${path}`);
    const mounted = new MountedDisk(system, disk, path);
    await mounted.mount();
    return mounted;
  }

  async mount(): Promise<void> { await this.#system.run(`mount -t ext2 ${this.#disk} ${this.path}`); }
  /** Everything is written back, and nothing of it is cached afterwards. */
  async unmount(): Promise<void> { await this.#system.run(`umount ${this.path}`); }
  async remove(): Promise<void> {
    await this.unmount();
    await this.#system.run(`disk remove ${this.#disk}`);
  }
}
