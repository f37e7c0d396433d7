// Messages that no handler saw. A server's dispatch ends with
//
//   return status == BadMessage || status == BadMethod ? refuse(status) : status;
//
// so that a message of a wrong shape cannot fill the server's table with the capabilities it carried. Handlers themselves
// must never return these two errors: the registers are no longer the message's then.

import * as kernel from "../kernel";
import { SHAPE_CAPS } from "../../../abi/layout/limits";
import { dropCap } from "./handle";

/** Delete the capabilities of the message in the registers; returns `status`. */
export function refuse(status: i32): i32 {
  const caps = kernel.shape / SHAPE_CAPS & 7;
  const c1 = kernel.c1, c2 = kernel.c2, c3 = kernel.c3;
  if (caps > 0) dropCap(kernel.c0);
  if (caps > 1) dropCap(c1);
  if (caps > 2) dropCap(c2);
  if (caps > 3) dropCap(c3);
  kernel.answer = 0;
  return status;
}
