// The buffer cache's entry points: life cycle, dispatch, serve loop.

import * as kernel from "../../../lib/assembly/kernel";
import { BadHandle, BadMessage, BadMethod, Canceled, NoRight } from "../../../abi/generated/assembly/errors";
import { INTERFACE_CACHE, INTERFACE_VOLUME } from "../../../abi/generated/assembly/labels";
import { DEFERRED, LABEL_ORPHAN, LABEL_PAGE_FAULT, SLOT_SELF } from "../../../abi/layout/limits";
import { BROKEN, componentStart } from "../../../lib/assembly/component/life-cycle";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { refuse } from "../../../lib/assembly/ipc/refuse";
import { aheadStep, aheadWaits } from "./ahead";
import { ROUND, ageAll } from "./age";
import { imageFault } from "./fault";
import { dispatchCache } from "./generated/cache-dispatch";
import { dispatchVolume } from "./generated/volume-dispatch";
import { initializeState, state } from "./state";
import { volumeOrphaned } from "./volume-end";

/** Microseconds that whoever waits for a volume's mutex has to take it before more is read ahead. */
const GIVE_WAY: i64 = 200;

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

/** A Notification whose signals arrive as messages; 0 without memory. */
function bindBell(): i32 {
  const bell = kernel.notificationCreate();
  if (bell > 0 && kernel.notificationBind(bell, SLOT_SELF) == 0) return bell;
  dropCap(bell);
  return 0;
}

/** Messages, and a tick whenever a second has passed. */
export function serve(): void {
  if (!state().bell) state().bell = bindBell();
  state().serving = state().bell != 0;
  let due = kernel.monotonic() + ROUND * 1000;
  for (;;) {
    const left = (due - kernel.monotonic()) / 1000;
    if (left <= 0) {
      tick();
      due = kernel.monotonic() + ROUND * 1000;
      continue;
    }
    // Messages first; between them, what is to be read ahead.
    const ahead = aheadWaits();
    state().awake = ahead;
    const status = kernel.receive(SLOT_SELF, !ahead ? left : state().givesWay ? GIVE_WAY : 0);
    state().awake = true;
    if (status == BadHandle || status == NoRight || status == Canceled) {
      state().serving = false;
      return;
    }
    if (status < 0) {
      if (ahead) aheadStep();
      continue;
    }
    const answered = dispatch(kernel.label, kernel.badge);
    if (answered != DEFERRED) kernel.reply(0, answered, answered < 0 ? 0 : kernel.answer);
  }
}
