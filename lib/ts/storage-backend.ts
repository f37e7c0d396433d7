// What the drivers of persistent disks share: failures of the storage device as errors of disks, the disk's lock, and the question
// whether there is room.

import { DiskError } from "./disk-backend.ts";
import { StorageFailure, type StorageDevice } from "./storage-device.ts";

/** Runs `action`; what the device refuses becomes the error of the same name. */
export async function stored<T>(action: () => T | Promise<T>): Promise<T> {
  try { return await action(); } catch (error) { throw asDiskError(error); }
}

/** The same for calls that answer at once. */
export function storedNow<T>(action: () => T): T {
  try { return action(); } catch (error) { throw asDiskError(error); }
}

function asDiskError(error: unknown): unknown { return error instanceof StorageFailure ? new DiskError(error.reason, error.message) : error; }

/** The lock of a disk; Busy if another tab has it. `name` includes the driver: `opfs:home`. */
export async function lockDisk(storage: StorageDevice, name: string, shared: boolean): Promise<() => void> {
  const give = await storage.lock(name, shared);
  if (!give) throw new DiskError("Busy", `${name} is in use in another tab`);
  return give;
}

/** Runs `action` while the disk's lock is held. */
export async function withLock<T>(storage: StorageDevice, name: string, action: () => Promise<T>): Promise<T> {
  const give = await lockDisk(storage, name, false);
  try { return await stored(action); } finally { give(); await aTurn(); }
}

/** NoSpace if the browser says that so many bytes more would be too many. */
export async function expectRoom(storage: StorageDevice, size: number): Promise<void> {
  const estimate = await storage.estimate();
  if (estimate && estimate.quota - estimate.usage < size) {
    throw new DiskError("NoSpace", `${size} bytes are wanted, and the browser leaves ${Math.max(0, estimate.quota - estimate.usage)} of ${estimate.quota} to this site`);
  }
}

/** A turn of the event loop: a browser gives a lock back, and lets go of a file, no sooner. A driver that then blocks would keep it. */
export function aTurn(): Promise<void> { return new Promise((resolve) => setTimeout(resolve, 0)); }
