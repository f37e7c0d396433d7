// The tmpfs's entry points: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { FileKind } from "../../../abi/generated/assembly/enums";
import { INTERFACE_FILE, INTERFACE_FILE_SYSTEM, INTERFACE_PATHS } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { serveFirst, serveNext } from "../../../lib/assembly/ipc/serve";
import { dispatchFile } from "./generated/file-dispatch";
import { dispatchFileSystem } from "./generated/file-system-dispatch";
import { dispatchPaths } from "./generated/paths-dispatch";
import { inodeCreate } from "./inode";
import { fileClose } from "./open-file";
import { initializeState, state } from "./state";

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  if (fresh != 1) return fresh;
  if (!initializeState()) return BROKEN;
  const root = inodeCreate(FileKind.Directory, 0o755);
  if (!changetype<usize>(root)) return BROKEN;
  root.links = 2;
  root.parent = <u32>changetype<usize>(root);
  state().root = root.parent;
  return 0;
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0:
      if (kernel.rights) break;
      if (label == LABEL_ORPHAN) fileClose(<u32>badge);
      return DEFERRED;
    case INTERFACE_FILE: status = dispatchFile(label, badge); break;
    case INTERFACE_FILE_SYSTEM: status = dispatchFileSystem(label, badge); break;
    case INTERFACE_PATHS: status = dispatchPaths(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
