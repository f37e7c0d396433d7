// The page's part in keeping disks: asks the browser not to throw away what the site stores, says how much it may store, and takes a copy of a disk that
// another tab has open.

import { diskFile, diskFolder, DISKS_FOLDER } from "../../lib/ts/storage-names.ts";
import { Observable } from "../model/observable.ts";

export interface Keeping {
  /** Whether the browser promised not to throw it away; undefined: not asked yet, or it does not say. */
  readonly promised: boolean | undefined;
  readonly usage: number | undefined;
  readonly quota: number | undefined;
}

export class DiskKeeper {
  readonly state = new Observable<Keeping>({ promised: undefined, usage: undefined, quota: undefined });

  /** Browsers may ask the person, so this is not done before there is something to keep. */
  async keep(): Promise<void> {
    try { await navigator.storage?.persist?.(); } catch { /* Forbidden: it is kept as long as there is space. */ }
    await this.look();
  }

  async look(): Promise<void> {
    try {
      const [promised, estimate] = await Promise.all([navigator.storage?.persisted?.(), navigator.storage?.estimate?.()]);
      this.state.value = { promised, usage: estimate?.usage, quota: estimate?.quota };
    } catch { /* As before. */ }
  }

  /** The image of a disk of the private file system as it is now, also while another tab has it open: as after a power cut there. */
  async copyOf(name: string): Promise<Blob | undefined> {
    try {
      const all = await (await navigator.storage.getDirectory()).getDirectoryHandle(DISKS_FOLDER);
      const folder = await all.getDirectoryHandle(diskFolder(location.href));
      return await (await folder.getFileHandle(diskFile(name))).getFile();
    } catch {
      return undefined;
    }
  }
}
