// Waiting for pages that another thread is reading. Whoever wants one need not wait for the volume's mutex, which the reader may take again at
// once for the next: he waits here, and looks again whenever something has come (or was given up).
//
//   while (... a page that is wanted is BUSY and absent ... && arrivalAwait(volume)) { ... find the object again ... }

import * as kernel from "../../../lib/assembly/kernel";
import { Timeout } from "../../../abi/generated/assembly/errors";
import { dropCap } from "../../../lib/assembly/ipc/handle";
import { ARRIVAL_SLOTS, Volume, arrivalAt } from "./volume-record";

/** Microseconds after which a waiter looks again in any case. */
const SLICE: i64 = 100_000;

/** A waiter: slot of his Notification, made when first used, and whether he waits. */
@unmanaged class Arrival {
  notification: i32;
  waits: u32;
}

/** Wait until pages of the volume have come; false if that is not possible: then take the mutex. The server's lock is dropped. */
export function arrivalAwait(volume: Volume): bool {
  for (let i: u32 = 0; i < ARRIVAL_SLOTS; i++) {
    const arrival = changetype<Arrival>(arrivalAt(volume, i));
    if (arrival.waits) continue;
    if (!arrival.notification) {
      const slot = kernel.notificationCreate();
      if (slot < 0) return false;
      arrival.notification = slot;
    }
    arrival.waits = 1;
    const status = kernel.wait(arrival.notification, SLICE);
    arrival.waits = 0;
    return status == 0 || status == Timeout;
  }
  return false;
}

/** Pages are not BUSY any more. */
export function arrivalTell(volume: Volume): void {
  for (let i: u32 = 0; i < ARRIVAL_SLOTS; i++) {
    const arrival = changetype<Arrival>(arrivalAt(volume, i));
    if (arrival.waits) kernel.signal(arrival.notification, 1);
  }
}

export function arrivalForget(volume: Volume): void {
  for (let i: u32 = 0; i < ARRIVAL_SLOTS; i++) dropCap(changetype<Arrival>(arrivalAt(volume, i)).notification);
}
