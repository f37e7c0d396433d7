// The name server's entry points: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadMessage, BadMethod } from "../../../abi/generated/assembly/errors";
import { INTERFACE_NAMES } from "../../../abi/generated/assembly/labels";
import { DEFERRED, SLOT_SELF } from "../../../abi/layout/limits";
import { componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { serveFirst, serveNext } from "../../../lib/assembly/ipc/serve";
import { dispatchNames } from "./generated/names-dispatch";
import { initializeState } from "./state";

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  if (fresh == 1) initializeState();
  return min(fresh, 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0: if (!kernel.rights) return DEFERRED; break;
    case INTERFACE_NAMES: status = dispatchNames(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

export function serve(): void {
  let more = serveFirst(SLOT_SELF);
  while (more) more = serveNext(SLOT_SELF, dispatch(kernel.label, kernel.badge));
}
