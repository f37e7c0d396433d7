// Under which names a copy of the site stores its disks, so that two copies in different sub-folders of one origin do not meet. The machine stores under
// them, the page looks there for what another tab holds.

/** The folder of the origin's private file system, below `grailos-disks`; `base` is the site's address. */
export function diskFolder(base: string): string { return encodeURIComponent(new URL(".", base).pathname); }
export const DISKS_FOLDER = "grailos-disks";
/** A disk's file. No disk name makes a name that the file system refuses. */
export const diskFile = (name: string): string => `${name}.img`;
/** The database of disks, and its store. */
export const diskDatabase = (base: string): string => `grailos-disks:${new URL(".", base).pathname}`;
export const DISKS_STORE = "disks";
/** The Web Lock of a disk. `kind`: the driver. */
export const diskLock = (base: string, name: string): string => `grailos-disk:${new URL(".", base).pathname}:${name}`;
