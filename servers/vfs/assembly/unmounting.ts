// Unmounting. The file system is detached before the mount goes, so that nothing is lost if it refuses:
//
//   1 nothing of the tree is in use here (handles, mounts below it, walks)
//   2 no client that walks for itself gets in any more; it will ask here, and is answered as before
//   3 what the mount itself holds is given back, and the file system told to detach; it refuses while files are open, or if it cannot write
//   4 the mount leaves the table
//
// Between 2 and 4 walks may come in: the file system puts what they do before its detaching or after it.

import { BadArgument, BadHandle, BadMethod, Busy, NotSupported, PeerDied } from "../../../abi/generated/assembly/errors";
import { fileSystem_abandon, fileSystem_detach, fileSystem_hold, fileSystem_release } from "../../../abi/generated/assembly/client/file-system";
import { paths_cover, paths_restrict, paths_restrict_paths } from "../../../abi/generated/assembly/client/paths";
import { FileKind, MountFlags } from "../../../abi/generated/assembly/enums";
import { Mount, mountAt, mountRemove } from "./mount-table";
import { revoke } from "./mounting";
import { outcome } from "./outcome";
import { publishTable } from "./shared-table";
import { Walk, walkEnd } from "./walk";

/** Remove the mount at whose root the walk stands; ends the walk. `abandoned`: its file system loses what it cannot write. */
export function unmountAndEnd(walk: Walk, abandoned: bool): i32 {
  const mount = walk.at;
  if (walk.kind != FileKind.Directory || walk.inode != mount.rootInode) return end(walk, BadArgument);
  if (mount.handles || mount.submounts || mount.pins != 1) return end(walk, Busy);
  const status = leave(mount, abandoned);
  // (1) Somebody may have come in during the calls; or have been as quick with the same wish.
  if (status || mount.handles || mount.submounts || mount.removed) return end(walk, status ? status : Busy);
  const parent = mountAt(mount.parent);
  const covered = mount.coveredInode;
  mountRemove(mount);
  publishTable();
  // The parent cannot go during the calls: this walk's pin keeps the mount, which counts at its parent until it is freed.
  if (changetype<usize>(parent)) {
    paths_cover(parent.fileSystem, covered, false);
    fileSystem_release(parent.fileSystem, covered);
  }
  return end(walk, 0);
}

function end(walk: Walk, status: i32): i32 {
  walkEnd(walk);
  return status;
}

/** Steps 2 and 3: 0, or why the mount stays as it is. */
function leave(mount: Mount, abandoned: bool): i32 {
  const paths = mount.paths;
  mount.paths = 0;
  revoke(paths);
  const last = mount.source.mounts == 1;
  if (mount.bound) fileSystem_release(mount.fileSystem, mount.rootInode);
  let status = !last ? 0 : abandoned ? fileSystem_abandon(mount.fileSystem) : fileSystem_detach(mount.fileSystem);
  // A file system that knows no detaching has nothing to write.
  if (status == BadMethod || status == NotSupported) status = 0;
  // One that is gone cannot be detached, and its mount must not stay for ever.
  if (!status || status == BadHandle || status == PeerDied) return 0;
  if (mount.bound) fileSystem_hold(mount.fileSystem, mount.rootInode);
  if (mount.flags & MountFlags.ClientSide && paths_restrict(mount.fileSystem, mount.flags & (MountFlags.ReadOnly | MountFlags.NoData)) == 0) mount.paths = paths_restrict_paths();
  return outcome(status);
}
