// The one Notification of a process, on which its thread sleeps.

import * as kernel from "../../../lib/assembly/kernel";
import { process } from "./region";

/** Its capability, made when first asked for; or a negated error. */
export function notification(): i32 {
  if (process().notification) return process().notification;
  const made = kernel.notificationCreate();
  if (made > 0) process().notification = made;
  return made;
}
