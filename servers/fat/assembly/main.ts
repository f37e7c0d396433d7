// The entry points: life cycle, dispatch, serve loop; and what the home Worker does between messages, which is to commit what has waited long enough.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { INTERFACE_FILE, INTERFACE_FILE_SYSTEM, INTERFACE_FILE_SYSTEMS, INTERFACE_PATHS } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { SERVE_ENDED, SERVE_MESSAGE, serveFirstWithin, serveNextWithin } from "../../../lib/assembly/ipc/serve";
import { listAfter, listFirst } from "../../../lib/assembly/memory/list";
import { volumeDetach } from "./attach";
import { commit } from "./commit";
import { pageFault, pagerInode } from "./contents";
import { dispatchFile } from "./generated/file-dispatch";
import { dispatchFileSystem } from "./generated/file-system-dispatch";
import { dispatchFileSystems } from "./generated/file-systems-dispatch";
import { dispatchPaths } from "./generated/paths-dispatch";
import { isNoInode } from "./inode";
import { fileClose } from "./open-file";
import { clientClose } from "./paths";
import { HANDLE_CLIENT, HANDLE_FILE, HANDLE_VOLUME, handleFind, initializeState, state, volumeList } from "./state";
import { isNoVolume, volumeEnter, volumeLeave, volumeLock, volumeOfLink } from "./volume";

/** Nanoseconds that a change waits for others to be committed with it. */
const AGE: i64 = 5_000_000_000;
/** Microseconds without a message after which the home Worker looks whether there is something to commit. */
const TICK: i64 = 1_000_000;

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  return fresh == 1 && !initializeState() ? BROKEN : min(fresh, 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0:
      if (kernel.rights) break;
      if (label == LABEL_PAGE_FAULT) return fault(<u32>badge, <u32>kernel.w0, <u32>kernel.w1);
      if (label == LABEL_ORPHAN) orphan(<u32>badge);
      return DEFERRED;
    case INTERFACE_FILE: status = dispatchFile(label, badge); break;
    case INTERFACE_FILE_SYSTEM: status = dispatchFileSystem(label, badge); break;
    case INTERFACE_FILE_SYSTEMS: status = dispatchFileSystems(label, badge); break;
    case INTERFACE_PATHS: status = dispatchPaths(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

/** A client reads pages of a file that are not present. */
function fault(badge: u32, page: u32, count: u32): i32 {
  let inode = pagerInode(badge);
  if (isNoInode(inode)) return BadHandle;
  const volume = inode.owner;
  if (!volumeLock(volume)) return BadHandle;
  // The file may be gone by now.
  inode = pagerInode(badge);
  const status = isNoInode(inode) ? BadHandle : pageFault(inode, page, count);
  volumeLeave(volume);
  kernel.answer = 0;
  return status;
}

/** The last capability with a badge is gone: of an open file, of a client of a mount, or of a volume that nobody has detached. */
function orphan(badge: u32): void {
  if (handleFind(badge, HANDLE_FILE)) { fileClose(badge); return; }
  if (handleFind(badge, HANDLE_CLIENT)) { clientClose(badge); return; }
  if (!handleFind(badge, HANDLE_VOLUME)) return;
  const volume = volumeEnter(badge);
  if (isNoVolume(volume)) return;
  volume.abandoned = true;
  if (!volume.opens) volumeDetach(volume, true);
  volumeLeave(volume);
}

export function serve(): void {
  let event = serveFirstWithin(SLOT_SELF, TICK);
  while (event != SERVE_ENDED) {
    const status = event == SERVE_MESSAGE ? dispatch(kernel.label, kernel.badge) : DEFERRED;
    const answer = kernel.answer;
    if (kernel.monotonic() - state().ticked >= TICK * 1000) {
      // The answer first: it does not wait for a commit. (Asking the time leaves the message registers alone.)
      if (status != DEFERRED) kernel.reply(0, status, status < 0 ? 0 : answer);
      tick();
      event = serveFirstWithin(SLOT_SELF, TICK);
    } else event = serveNextWithin(SLOT_SELF, status, TICK);
  }
}

/** Commit every volume whose oldest change is old enough. Exported for tests, whose machine runs no serve loop. */
export function tick(): void {
  const now = kernel.monotonic();
  if (now - state().ticked < TICK * 1000) return;
  state().ticked = now;
  let link = listFirst(volumeList());
  while (link != volumeList()) {
    const volume = volumeOfLink(link);
    if (!volume.changedSince || now - volume.changedSince < AGE) { link = listAfter(link); continue; }
    if (volumeLock(volume)) {
      // What fails now is tried again when it is that old again.
      if (commit(volume) < 0) volume.changedSince = now;
      volumeLeave(volume);
    }
    // The list may have changed meanwhile; this volume is not old any more.
    link = listFirst(volumeList());
  }
}
