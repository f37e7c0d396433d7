// Walking a path inside one file system, for servers of the interface `paths` (SawMill's third protocol). The walk takes as many components as
// it can; where it cannot go on (a covered directory, a symbolic link, `..` at the root of the mount) it says so, and the client goes on from there.
//
//   const walk = changetype<PathWalk>(block);                // PathWalk and the path's bytes belong to the caller
//   walk.begin(directory, root, path, length);
//   const status = walkPath<Names>(names, walk, WalkMode.LastFollowed);
//   if (!status && walk.end == WalkEnd.Done) ...             walk.inode, walk.kind; the last component is in walk.name
//
// `Names` is what the file system lends: an @unmanaged class (its address may mean anything) with the methods
//
//   find(directory: u64, name: usize, length: i32): i32      0 or a negated error, for `..` as well (never for `.`)
//   foundInode(): u64   foundKind(): u32   foundCovered(): bool      of what was found last

import { NotDirectory, NotFound, TooLong } from "../../../abi/generated/assembly/errors";
import { FileKind, WalkEnd, WalkMode } from "../../../abi/generated/assembly/enums";
import { MAX_NAME } from "../../../abi/layout/limits";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

@unmanaged export class PathWalk {
  root: u64;
  /** Where the walk stands; at its end what it led to. */
  inode: u64;
  path: usize;
  length: i32;
  position: i32;
  kind: u32;
  /** A WalkEnd. */
  end: u32;
  /** Bytes of the path that need not be walked again. */
  consumed: i32;
  /** The last component, of length 0 if there is none; and the directory that it is in. */
  name: usize;
  nameLength: i32;
  directory: u64;
  /** It was a symbolic link that is to be followed: its inode. */
  link: u64;
  /** The path ends with a slash. */
  directoryWanted: bool;
  /** NotFound for want of the last component alone. */
  missing: bool;
  /** What was found is covered by a mount. */
  covered: bool;
  /** The component at which the walk ended was the path's last one. */
  last: bool;
  // Of a request that opens (path-requests.ts): the file is new; its size, its capability, and that to its Dataspace or 0.
  created: bool;
  size: u64;
  file: i32;
  data: i32;

  begin(directory: u64, root: u64, path: usize, length: i32): void {
    this.inode = directory;
    this.root = root;
    this.path = path;
    this.length = length;
    this.position = 0;
    this.consumed = 0;
    this.kind = FileKind.Directory;
    this.end = WalkEnd.Done;
    this.nameLength = 0;
    this.directoryWanted = false;
    this.missing = false;
    this.covered = false;
    this.created = false;
    this.size = 0;
    this.file = 0;
    this.data = 0;
  }

  /** 0 no component, 1 `.`, 2 `..`, -1 an ordinary name. */
  get special(): i32 {
    if (this.nameLength == 0) return 0;
    if (this.nameLength > 2 || load<u8>(this.name) != DOT) return -1;
    return this.nameLength == 1 ? 1 : load<u8>(this.name, 1) == DOT ? 2 : -1;
  }

  /** Take the next component into name; whether it is the last one. */
  private next(): bool {
    let at = this.position;
    while (at < this.length && load<u8>(this.path + <usize>at) == SLASH) at++;
    const start = at;
    while (at < this.length && load<u8>(this.path + <usize>at) != SLASH) at++;
    this.name = this.path + <usize>start;
    this.nameLength = at - start;
    this.position = at;
    while (at < this.length && load<u8>(this.path + <usize>at) == SLASH) at++;
    this.directoryWanted = at > this.position || start == at;
    return at == this.length;
  }

  /** Stop before the component that was just taken. */
  private stopBefore(end: u32): void {
    this.end = end;
    this.consumed = this.position - this.nameLength;
  }

  /** Stop behind it, at `inode`. */
  private stopBehind(end: u32, inode: u64): void {
    this.end = end;
    this.consumed = this.position;
    this.inode = inode;
  }
}

/** Walk on from `begin`. 0, with the end in the walk; or a negated error. */
export function walkPath<Names>(names: Names, walk: PathWalk, mode: u32): i32 {
  for (; ;) {
    const last = walk.next();
    walk.last = last;
    if (last && mode == WalkMode.Parent) {
      walk.directory = walk.inode;
      walk.stopBehind(WalkEnd.Done, walk.inode);
      walk.consumed -= walk.nameLength;
      return walk.nameLength > MAX_NAME ? TooLong : 0;
    }
    const special = walk.special;
    if (special == 2 && walk.inode == walk.root) {
      walk.stopBefore(WalkEnd.Up);
      return 0;
    }
    if (special >= 0 && special != 2) {
      walk.kind = FileKind.Directory;
      if (!last) continue;
      walk.stopBehind(WalkEnd.Done, walk.inode);
      return 0;
    }
    if (walk.nameLength > MAX_NAME) return TooLong;
    walk.directory = walk.inode;
    const status = names.find(walk.inode, walk.name, walk.nameLength);
    if (status < 0) {
      walk.missing = last && status == NotFound;
      return status;
    }
    const inode = names.foundInode();
    const kind = names.foundKind();
    walk.covered = names.foundCovered();
    if (kind == FileKind.SymbolicLink && (!last || mode == WalkMode.LastFollowed || walk.directoryWanted)) {
      walk.link = inode;
      walk.stopBehind(WalkEnd.Link, walk.directory);
      return 0;
    }
    if (kind != FileKind.Directory && (!last || walk.directoryWanted)) return NotDirectory;
    if (walk.covered) {
      walk.kind = kind;
      walk.stopBehind(WalkEnd.Covered, inode);
      return 0;
    }
    walk.inode = inode;
    walk.kind = kind;
    if (last) {
      walk.stopBehind(WalkEnd.Done, inode);
      return 0;
    }
  }
  return 0;
}
