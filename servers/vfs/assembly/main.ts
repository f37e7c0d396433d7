// The VFS's entry points: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { INTERFACE_DIRECTORY, INTERFACE_FILE } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { serveFirst, serveNext } from "../../../lib/assembly/ipc/serve";
import { dispatchDirectory } from "./generated/directory-dispatch";
import { dispatchFile } from "./generated/file-dispatch";
import { handleClose } from "./handle";
import { initializeState } from "./state";

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  return fresh == 1 && !initializeState() ? BROKEN : min(fresh, 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0:
      if (kernel.rights) break;
      if (label == LABEL_ORPHAN) handleClose(<u32>badge);
      return DEFERRED;
    case INTERFACE_DIRECTORY: status = dispatchDirectory(label, badge); break;
    case INTERFACE_FILE: status = dispatchFile(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
