// What a process knows of the mounts (SawMill's third protocol): the table, read from the VFS's Dataspace whenever its generation has changed, and the
// capabilities of the file systems that it has used. The VFS is asked for the table once, and for each file system on the first use.
//
//   const mounts = new MountCache(kernel);
//   if (!mounts.refresh(directory)) ...                 // `directory`: any directory capability of the VFS; false: ask the VFS for everything
//   const mount = mounts.find(id); mounts.paths(mount)  // a slot of the cache's own, or 0
//
// Nothing here is trusted to be current for longer than one operation. The VFS revokes a file system's capability when the mount changes; its slot is then
// empty, and the next capability that the process gets may come to lie there. So the slot is looked into before each use and before it is given back.

import { DirectoryClient } from "../../../abi/generated/ts/client/directory.ts";
import { MountFlags } from "../../../abi/generated/ts/enums.ts";
import { readMountTableEntry, readMountTableHeader, type MountTableEntry } from "../../../abi/generated/ts/records.ts";
import { MAX_MOUNTS } from "../../../abi/layout/limits.ts";
import type { Kernel } from "../kernel.ts";

const RECORD = 64;
/** A directory: of which mount, and which inode. */
export interface Place { readonly mount: MountTableEntry; readonly inode: bigint }
const MAX_PLACES = 64;

/** A capability that was asked for: when the mount had changed last, and what the slot was given for. */
interface Known { readonly slot: number; readonly changed: number; readonly badge: number; readonly object: number }

export class MountCache {
  private table = 0;
  private generation = 1;
  private root = 0;
  /** Some mount has the third protocol. */
  private walked = false;
  private mounts = new Map<number, MountTableEntry>();
  private readonly known = new Map<number, Known>();
  /** Mount id and inode of the VFS's handles, by badge. */
  private readonly places = new Map<number, { mount: number; inode: bigint }>();

  constructor(private readonly kernel: Kernel) {}

  /** Bring the table up to date. False if there is none to go by, or clients walk in none of the mounts. */
  refresh(directory: number): boolean {
    if (this.table === 0) {
      const asked = new DirectoryClient(this.kernel, directory).mountTable();
      this.table = asked.error ? -1 : asked.table;
    }
    if (this.table < 0) return false;
    const generation = this.word();
    if (generation !== this.generation) this.load(generation);
    return this.generation % 2 === 0 && this.root !== 0 && this.walked;
  }

  find(id: number): MountTableEntry | undefined { return this.mounts.get(id); }
  get rootMount(): MountTableEntry | undefined { return this.mounts.get(this.root); }

  /** The mount on a directory of a mount. */
  covering(parent: MountTableEntry, inode: bigint): MountTableEntry | undefined {
    for (const mount of this.mounts.values()) if (mount.parent === parent.id && mount.coveredInode === inode) return mount;
    return undefined;
  }

  /** The file system of a mount: a slot, or 0 if clients do not walk in it. */
  paths(mount: MountTableEntry, directory: number): number {
    if (!(mount.flags & MountFlags.ClientSide)) return 0;
    const known = this.known.get(mount.id);
    if (known?.changed === mount.changed && this.isThere(known)) return known.slot;
    this.forget(mount);
    const asked = new DirectoryClient(this.kernel, directory).resolve(mount.id);
    const info = asked.error ? undefined : this.kernel.capInfo(asked.paths);
    if (asked.error || !info) return 0;
    this.known.set(mount.id, { slot: asked.paths, changed: mount.changed, badge: info.badge, object: info.object });
    return asked.paths;
  }

  /** Its capability did not work: it was revoked, or its server is gone. */
  forget(mount: MountTableEntry): void { this.drop(mount.id); }

  private drop(id: number): void {
    const known = this.known.get(id);
    if (known && this.isThere(known)) this.kernel.capDelete(known.slot);
    this.known.delete(id);
  }

  private isThere({ slot, badge, object }: Known): boolean {
    const info = this.kernel.capInfo(slot);
    return info?.badge === badge && info.object === object;
  }

  /** Where a directory capability is; undefined if the VFS does not say. */
  placeOf(directory: number): Place | undefined {
    const badge = this.kernel.capInfo(directory)?.badge;
    if (badge === undefined) return undefined;
    if (badge === 0) return this.rootMount && { mount: this.rootMount, inode: this.rootMount.rootInode };
    let place = this.places.get(badge);
    if (!place) {
      const asked = new DirectoryClient(this.kernel, directory).where();
      if (asked.error) return undefined;
      place = { mount: asked.mount, inode: asked.inode };
      this.note(badge, place.mount, place.inode);
    }
    const mount = this.mounts.get(place.mount);
    return mount && { mount, inode: place.inode };
  }

  /** Remember where a directory is that was just opened. */
  note(badge: number, mount: number, inode: bigint): void {
    if (this.places.size >= MAX_PLACES) this.places.clear();
    this.places.set(badge, { mount, inode });
  }

  /** Give back what it holds. */
  close(): void {
    for (const id of [...this.known.keys()]) this.drop(id);
    if (this.table > 0) this.kernel.capDelete(this.table);
    this.table = 0;
    this.generation = 1;
  }

  private word(): number {
    const { data } = this.kernel.dataspaceRead(this.table, 0n, 4);
    return data.length === 4 ? new DataView(data.buffer, data.byteOffset).getUint32(0, true) : 1;
  }

  /** Read the table. If it is being written, the generation stays odd, and the VFS is asked this time. */
  private load(before: number): void {
    const { data } = this.kernel.dataspaceRead(this.table, 0n, RECORD * (1 + MAX_MOUNTS));
    this.generation = 1;
    if (before % 2 !== 0 || data.length < RECORD * (1 + MAX_MOUNTS) || this.word() !== before) return;
    const header = readMountTableHeader(data);
    const mounts = new Map<number, MountTableEntry>();
    for (let index = 0; index < Math.min(header.count, MAX_MOUNTS); index++) {
      const entry = readMountTableEntry(data, RECORD * (1 + index));
      mounts.set(entry.id, entry);
    }
    for (const [id, { changed }] of [...this.known]) if (mounts.get(id)?.changed !== changed) this.drop(id);
    this.mounts = mounts;
    this.walked = [...mounts.values()].some(({ flags }) => flags & MountFlags.ClientSide);
    this.root = header.root;
    this.generation = before;
  }
}
