// The entry points of the ext2 server: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { INTERFACE_FILE, INTERFACE_FILE_SYSTEM, INTERFACE_FILE_SYSTEMS, INTERFACE_PATHS } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { SERVE_ENDED, SERVE_MESSAGE, serveFirstWithin, serveNextWithin } from "../../../lib/assembly/ipc/serve";
import { endIfAbandoned, volumeAbandon } from "./detach";
import { dispatchFile } from "./generated/file-dispatch";
import { dispatchFileSystem } from "./generated/file-system-dispatch";
import { dispatchFileSystems } from "./generated/file-systems-dispatch";
import { fileClose, fileEnter } from "./open-file";
import { dispatchPaths } from "./generated/paths-dispatch";
import { pageFault } from "./page-fault";
import { clientClose } from "./paths";
import { initializeState, state } from "./state";
import { commitIfOld } from "./transaction";
import { Volume, isNull, volumeEnter, volumeLeave, volumeLock } from "./volume";

/** Microseconds between looks for transactions that are old. */
const TICK: i64 = 1_000_000;

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  if (fresh != 1) return fresh;
  return initializeState() ? 0 : BROKEN;
}

/** The last capability with a badge is gone: of a client, of a file, or of a file system. */
function orphaned(badge: u32): void {
  if (clientClose(badge)) return;
  let v = fileEnter(badge);
  if (!isNull(v)) {
    fileClose(v, badge);
    endIfAbandoned(v);
    volumeLeave(v, 0);
    return;
  }
  v = volumeEnter(badge);
  if (isNull(v)) return;
  volumeAbandon(v);
  volumeLeave(v, 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0:
      if (kernel.rights) break;
      kernel.answer = 0;
      if (label == LABEL_PAGE_FAULT) return pageFault(<u32>badge);
      if (label == LABEL_ORPHAN) orphaned(<u32>badge);
      return DEFERRED;
    case INTERFACE_FILE: status = dispatchFile(label, badge); break;
    case INTERFACE_FILE_SYSTEM: status = dispatchFileSystem(label, badge); break;
    case INTERFACE_FILE_SYSTEMS: status = dispatchFileSystems(label, badge); break;
    case INTERFACE_PATHS: status = dispatchPaths(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

/** What the home Worker does about once a second: transactions that have run long enough are committed, whoever began them. */
export function tick(): void {
  const now = kernel.monotonic();
  state().ticked = now;
  let at = <usize>state().volumes;
  while (at) {
    const v = changetype<Volume>(at);
    // Without the mutex: a hint.
    if (!v.began) { at = <usize>v.next; continue; }
    const locked = volumeLock(v);
    if (isNull(locked)) return;
    commitIfOld(v, now);
    at = <usize>v.next;
    volumeLeave(v, 0);
    // Others came in while it was committed: the list may be another one.
    if (at && !listed(at)) return;
  }
}

function listed(volume: usize): bool {
  for (let at = <usize>state().volumes; at; at = <usize>changetype<Volume>(at).next) if (at == volume) return true;
  return false;
}

export function serve(): void {
  let event = serveFirstWithin(SLOT_SELF, TICK);
  while (event != SERVE_ENDED) {
    const status = event == SERVE_MESSAGE ? dispatch(kernel.label, kernel.badge) : DEFERRED, answer = kernel.answer;
    if (kernel.monotonic() - state().ticked >= TICK * 1000) {
      // The answer first: it does not wait for a commit.
      kernel.answer = answer;
      if (status != DEFERRED) kernel.reply(0, status, status < 0 ? 0 : answer);
      tick();
      event = serveFirstWithin(SLOT_SELF, TICK);
    } else event = serveNextWithin(SLOT_SELF, status, TICK);
  }
}
