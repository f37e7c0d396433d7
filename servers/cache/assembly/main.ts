// The buffer cache's entry points: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, BadMessage, BadMethod, Canceled, NoRight } from "../../../abi/generated/assembly/errors";
import { INTERFACE_CACHE, INTERFACE_VOLUME } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { ROUND, ageAll } from "./age";
import { imageFault } from "./fault";
import { dispatchCache } from "./generated/cache-dispatch";
import { dispatchVolume } from "./generated/volume-dispatch";
import { initializeState } from "./state";
import { volumeOrphaned } from "./volume-end";

export function init(mode: i32): i32 {
  const fresh = componentStart(mode);
  return fresh == 1 && !initializeState() ? BROKEN : min(fresh, 0);
}

export function dispatch(label: i32, badge: i32): i32 {
  let status = BadMethod;
  switch (label >> 8) {
    case 0:
      if (kernel.rights) break;
      if (label == LABEL_PAGE_FAULT) {
        kernel.answer = 0;
        return imageFault(<u32>badge, <u32>kernel.w0, <u32>kernel.w1, kernel.w2 != 0);
      }
      if (label == LABEL_ORPHAN) volumeOrphaned(<u32>badge);
      return DEFERRED;
    case INTERFACE_CACHE: status = dispatchCache(label, badge); break;
    case INTERFACE_VOLUME: status = dispatchVolume(label, badge); break;
  }
  return status == BadMessage || status == BadMethod ? refuse(status) : status;
}

/** What the home Worker does once a second. */
export function tick(): void { ageAll(); }

/** Messages, and a tick whenever a second has passed. */
export function serve(): void {
  let due = kernel.monotonic() + ROUND * 1000;
  for (;;) {
    const left = (due - kernel.monotonic()) / 1000;
    if (left <= 0) {
      tick();
      due = kernel.monotonic() + ROUND * 1000;
      continue;
    }
    const status = kernel.receive(SLOT_SELF, left);
    if (status == BadHandle || status == NoRight || status == Canceled) return;
    if (status < 0) continue;
    const answered = dispatch(kernel.label, kernel.badge);
    if (answered != DEFERRED) kernel.reply(0, answered, answered < 0 ? 0 : kernel.answer);
  }
}
