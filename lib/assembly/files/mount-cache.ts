// What a process knows of the mounts (SawMill's third protocol): the table, read from the VFS's Dataspace whenever its generation has changed, and the
// capabilities of the file systems that it has used. The VFS is asked for the table once, and for each file system on the first use.
//
// The cache is a block of MOUNT_CACHE_SIZE bytes, zeros at first, of the process's own; its user passes it on. Nothing in it is trusted to be current for
// longer than one operation. The VFS revokes a file system's capability when the mount changes; its slot is then empty, and the next capability that the
// process gets may come to lie there. So the slot is looked into before each use and before it is given back.
//
//   block ┌───────────────────────────────────┐
//         │ MountCache                        │
//    5120 ├───────────────────────────────────┤
//         │ the table: header, 64 entries     │  as in the Dataspace
//    9280 ├───────────────────────────────────┤
//         │ contents of a link, attributes    │  4 KiB, of the call under way
//   13376 ├───────────────────────────────────┤
//         │ ........... rest of the path      │  16 KiB, ends at the end: links are put in before it
//   29760 └───────────────────────────────────┘

import * as kernel from "../kernel";
import { directory_mountTable, directory_mountTable_table, directory_resolve, directory_resolve_paths, directory_where, directory_where_inode, directory_where_mount } from "../../../abi/generated/assembly/client/directory";
import { MountFlags } from "../../../abi/generated/assembly/enums";
import { MOUNT_TABLE_ENTRY_SIZE, MOUNT_TABLE_HEADER_SIZE, MountTableEntry, MountTableHeader } from "../../../abi/generated/assembly/records";
import { MAX_MOUNTS } from "../../../abi/layout/limits";

const TABLE: usize = 5120;
const CONTENTS: usize = 9280;
const PATH: usize = 13376;
export const PATH_SIZE: i32 = 16384;
export const CONTENTS_SIZE: i32 = 4096;
export const MOUNT_CACHE_SIZE: usize = 29760;

const SLOTS: usize = 1024;
const SLOT_SIZE: usize = 32;
const PLACES: usize = 3072;
const PLACE_SIZE: usize = 24;
/** A power of two: places are found by their badge's low bits. */
const MAX_PLACES: u32 = 64;
const NAME: usize = 4608;
const UNUSABLE: i32 = -1;

/** A capability that was asked for: of which mount, and when that had changed last. */
@unmanaged class Known {
  id: u32;
  slot: i32;
  changed: u32;
  badge: i32;
  object: i64;

  /** Whether the slot still holds what it was given for. */
  get isThere(): bool { return kernel.capInfo(this.slot) >= 0 && <i32>kernel.w0 == this.badge && kernel.w1 == this.object; }
}

/** Where a directory of the VFS is. */
@unmanaged class Place {
  badge: u32;
  mount: u32;
  inode: u64;
}

@unmanaged export class MountCache {
  /** The Dataspace, 0 before it was asked for, UNUSABLE if the VFS gave none. */
  table: i32;
  /** Generation + 1 of what is in the block, so that zeros are none. */
  loaded: u32;
  known: u32;
  // Of the operation under way: where it stands, and its arguments.
  mount: u32;
  inode: u64;
  position: i32;
  flags: u32;
  mode: u32;
  follow: bool;
  /** Some mount has the third protocol. */
  walked: bool;

  @inline private get base(): usize { return changetype<usize>(this); }
  @inline get contents(): usize { return this.base + CONTENTS; }
  @inline get path(): usize { return this.base + PATH; }
  @inline get rest(): i32 { return PATH_SIZE - this.position; }
  /** Room for a name that is kept while another path is walked. */
  @inline get name(): usize { return this.base + NAME; }
  @inline private get header(): MountTableHeader { return MountTableHeader.at(this.base + TABLE); }
  @inline private entryAt(index: u32): MountTableEntry { return MountTableEntry.at(this.base + TABLE + MOUNT_TABLE_HEADER_SIZE + <usize>index * MOUNT_TABLE_ENTRY_SIZE); }
  @inline private knownAt(index: u32): Known { return changetype<Known>(this.base + SLOTS + <usize>index * SLOT_SIZE); }
  @inline private placeAt(badge: u32): Place { return changetype<Place>(this.base + PLACES + <usize>(badge & (MAX_PLACES - 1)) * PLACE_SIZE); }
  @inline get at(): MountTableEntry { return changetype<MountTableEntry>(<usize>this.mount); }

  /** Bring the table up to date, by way of any directory of the VFS. False if there is none to go by, or clients walk in none of the mounts. */
  refresh(directory: i32): bool {
    if (!this.table) this.table = directory_mountTable(directory) < 0 ? UNUSABLE : directory_mountTable_table();
    if (this.table == UNUSABLE) return false;
    const word = this.base + TABLE - 8;
    if (kernel.dataspaceRead(this.table, 0, 0, word, 4) != 4) return false;
    const generation = load<u32>(word);
    if (generation + 1 != this.loaded) this.load(generation);
    return this.walked && this.loaded != 0 && this.header.root != 0;
  }

  /** Read the table. While it is being written nothing is loaded, and the VFS is asked instead. */
  private load(generation: u32): void {
    this.loaded = 0;
    const length = <i32>MOUNT_TABLE_HEADER_SIZE + MAX_MOUNTS * <i32>MOUNT_TABLE_ENTRY_SIZE;
    if (generation & 1 || kernel.dataspaceRead(this.table, 0, 0, this.base + TABLE, length) != length) return;
    const word = this.base + TABLE - 8;
    if (kernel.dataspaceRead(this.table, 0, 0, word, 4) != 4 || load<u32>(word) != generation || this.header.generation != generation) return;
    if (this.header.count > <u32>MAX_MOUNTS) return;
    this.loaded = generation + 1;
    this.walked = false;
    for (let index: u32 = 0; index < this.header.count; index++) if (this.entryAt(index).flags & MountFlags.ClientSide) this.walked = true;
    for (let index: u32 = 0; index < this.known;) {
      const known = this.knownAt(index);
      const mount = this.find(known.id);
      if (changetype<usize>(mount) && mount.changed == known.changed) index++;
      else this.drop(index);
    }
  }

  private drop(index: u32): void {
    if (this.knownAt(index).isThere) kernel.capDelete(this.knownAt(index).slot);
    this.known--;
    memory.copy(changetype<usize>(this.knownAt(index)), changetype<usize>(this.knownAt(this.known)), SLOT_SIZE);
  }

  /** The mount with a number, or null. */
  find(id: u32): MountTableEntry {
    for (let index: u32 = 0; id && index < this.header.count; index++) if (this.entryAt(index).id == id) return this.entryAt(index);
    return changetype<MountTableEntry>(0);
  }

  @inline get rootMount(): MountTableEntry { return this.find(this.header.root); }

  /** The mount on a directory of a mount, or null. */
  covering(parent: MountTableEntry, inode: u64): MountTableEntry {
    for (let index: u32 = 0; index < this.header.count; index++) {
      const mount = this.entryAt(index);
      if (mount.parent == parent.id && mount.coveredInode == inode) return mount;
    }
    return changetype<MountTableEntry>(0);
  }

  /** The file system of a mount: a slot, or 0 if clients do not walk in it. */
  pathsOf(mount: MountTableEntry, directory: i32): i32 {
    if (!(mount.flags & MountFlags.ClientSide)) return 0;
    for (let index: u32 = 0; index < this.known; index++) {
      if (this.knownAt(index).id != mount.id) continue;
      if (this.knownAt(index).isThere) return this.knownAt(index).slot;
      this.drop(index);
      break;
    }
    if (this.known >= <u32>MAX_MOUNTS || directory_resolve(directory, mount.id) < 0) return 0;
    const known = this.knownAt(this.known++);
    known.id = mount.id;
    known.slot = directory_resolve_paths();
    known.changed = mount.changed;
    const there = kernel.capInfo(known.slot) >= 0;
    known.badge = <i32>kernel.w0;
    known.object = kernel.w1;
    return there ? known.slot : 0;
  }

  /** A capability did not work: it was revoked, or its server is gone. */
  forgetPaths(id: u32): void {
    for (let index: u32 = 0; index < this.known; index++) if (this.knownAt(index).id == id) { this.drop(index); return; }
  }

  /** Stand in the directory of a capability. False if the VFS does not say which that is. */
  standAt(directory: i32): bool {
    if (kernel.capInfo(directory) < 0) return false;
    const badge = <u32>kernel.w0;
    if (!badge) return this.standAtRoot();
    const place = this.placeAt(badge);
    if (place.badge != badge) {
      if (directory_where(directory) < 0) return false;
      place.badge = badge;
      place.mount = directory_where_mount();
      place.inode = directory_where_inode();
    }
    const mount = this.find(place.mount);
    this.mount = <u32>changetype<usize>(mount);
    this.inode = place.inode;
    return changetype<usize>(mount) != 0;
  }

  standAtRoot(): bool {
    const mount = this.rootMount;
    if (!changetype<usize>(mount)) return false;
    this.mount = <u32>changetype<usize>(mount);
    this.inode = mount.rootInode;
    return true;
  }

  /** A directory is about to be closed: its badge may come to mean another. */
  forgetPlace(directory: i32): void {
    if (kernel.capInfo(directory) < 0) return;
    const place = this.placeAt(<u32>kernel.w0);
    if (place.badge == <u32>kernel.w0) place.badge = 0;
  }
}
