// The entry points of the ext2 server: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { INTERFACE_FILE, INTERFACE_FILE_SYSTEM, INTERFACE_FILE_SYSTEMS } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { serveFirst, serveNext } from "../../../lib/assembly/ipc/serve";
import { endIfAbandoned, volumeAbandon } from "./detach";
import { dispatchFile } from "./generated/file-dispatch";
import { dispatchFileSystem } from "./generated/file-system-dispatch";
import { dispatchFileSystems } from "./generated/file-systems-dispatch";
import { fileClose, fileEnter } from "./open-file";
import { pageFault } from "./page-fault";
import { initializeState } from "./state";
import { isNull, volumeEnter, volumeLeave } from "./volume";

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  if (fresh != 1) return fresh;
  return initializeState() ? 0 : BROKEN;
}

/** The last capability with a badge is gone: of a file, or of a file system. */
function orphaned(badge: u32): void {
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
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
