// Reading and writing Dataspaces of the fake machine, with their pagers: an absent page is asked of its pager's server, which runs there
// and then, in the reader's stack. The same rules as kernel-wasm/assembly/syscall/dataspace.ts.

import { Errors } from "../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, LABEL_PAGE_FAULT, RIGHT_MANAGE, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { Dataspace } from "./dataspace.ts";
import type { Call, Domain, Endpoint } from "./fake-machine.ts";
import { find } from "./find.ts";

/** How often a pager may say that a page is there when it is not. */
const PATIENCE = 1000;

export function dataspaceRead(domain: Domain, slot: number, offset: bigint, length: number): Uint8Array | number {
  const found = find(domain, slot, Dataspace);
  if (!found) return -Errors.BadHandle;
  if (!(found.cap.rights & RIGHT_READ)) return -Errors.NoRight;
  if (offset < 0n || length < 0) return -Errors.BadArgument;
  const dataspace = found.object, count = dataspace.clip(offset, length), data = new Uint8Array(count);
  const last = Math.floor((Number(offset) + count - 1) / FRAME_SIZE);
  for (let done = 0; done < count;) {
    const span = dataspace.span(offset, done, count);
    const status = makePresent(domain, dataspace, span.page, last - span.page + 1, false);
    if (status < 0) return done > 0 ? data.subarray(0, done) : status;
    data.set(dataspace.readPage(span), done);
    done += span.step;
  }
  return data;
}

export function dataspaceWrite(domain: Domain, slot: number, offset: bigint, data: Uint8Array): number {
  const found = find(domain, slot, Dataspace);
  if (!found) return -Errors.BadHandle;
  if (!(found.cap.rights & RIGHT_WRITE)) return -Errors.NoRight;
  if (offset < 0n) return -Errors.BadArgument;
  const dataspace = found.object, count = dataspace.clip(offset, data.length), asks = !(found.cap.rights & RIGHT_MANAGE);
  for (let done = 0; done < count;) {
    const span = dataspace.span(offset, done, count);
    let status = asks ? makePresent(domain, dataspace, span.page, 1, span.step === FRAME_SIZE) : 0;
    if (status === 0) status = dataspace.writePage(span, data.subarray(done, done + span.step));
    if (status < 0) return done > 0 ? done : status;
    done += span.step;
  }
  return count;
}

export function dataspaceSupply(domain: Domain, slot: number, offset: bigint, data: Uint8Array): number {
  const dataspace = managed(domain, slot);
  if (typeof dataspace === "number") return dataspace;
  if (offset < 0n || offset % BigInt(FRAME_SIZE) !== 0n) return -Errors.BadArgument;
  const count = dataspace.clip(offset, data.length);
  if (count % FRAME_SIZE !== 0 && offset + BigInt(count) < dataspace.size) return -Errors.BadArgument;
  return dataspace.supply(offset, data.subarray(0, count));
}

/** The Dataspace in a slot that has the right Manage, or a negated error. */
export function managed(domain: Domain, slot: number): Dataspace | number {
  const found = find(domain, slot, Dataspace);
  if (!found) return -Errors.BadHandle;
  return found.cap.rights & RIGHT_MANAGE ? found.object : -Errors.NoRight;
}

/** Ask the pager, if there is one, until the page is present: 0 or a negated error. */
function makePresent(domain: Domain, dataspace: Dataspace, page: number, count: number, whole: boolean): number {
  for (let tries = 0; dataspace.pager && !dataspace.has(page) && BigInt(page) * BigInt(FRAME_SIZE) < dataspace.size; tries++) {
    if (tries === PATIENCE) return -Errors.TryAgain;
    const status = pageFault(domain, dataspace, [BigInt(page), BigInt(count), whole ? 1n : 0n]);
    if (status < 0) return status;
  }
  return 0;
}

function pageFault(domain: Domain, dataspace: Dataspace, words: bigint[]): number {
  const { machine } = domain, pager = dataspace.pager!, server = (pager.endpoint.object as Endpoint).domain;
  if (!server.answers) return -Errors.PeerDied;
  if (server === domain || machine.isInside(server)) return -Errors.WouldDeadlock;
  const call: Call = { caller: domain, server, send: [], receive: undefined, delivered: 0, saved: false, finished: undefined, onFinish: () => {} };
  machine.letOthersIn();
  const restore = machine.registers.save();
  try {
    machine.perform(call, { badge: pager.badge, rights: 0 }, LABEL_PAGE_FAULT, 3, words, []);
    if (!call.finished) machine.block(() => call.finished !== undefined);
  } finally { restore(); }
  return call.finished!.status;
}
