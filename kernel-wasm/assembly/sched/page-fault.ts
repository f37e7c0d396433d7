// An absent page of a Dataspace with a pager: the reading thread calls the pager's endpoint, as if it had sent a message, and
// goes on when the pager has supplied or written the page and answered. Registers are kept for the caller.

import {
  E_DOMAIN, E_RECEIVERS_HEAD, E_SENDERS_HEAD, S_PAGER, S_PAGER_BADGE, T_BADGE, T_CALLER_DOMAIN, T_CAPS, T_LABEL, T_RIGHTS, T_ROOM, T_SEND0_LENGTH,
  T_DOMAIN, T_SEND1_LENGTH, T_SHAPE, T_STATE, T_STATUS, T_WAITS_ON, T_WORDS, THREAD_SENDING, TRACE_PAGE_FAULT, D_NUMBER,
} from "../../../abi/layout/kernel-memory";
import { LABEL_PAGE_FAULT } from "../../../abi/layout/limits";
import { BAD_HANDLE, OK, PEER_DIED, WOULD_DEADLOCK } from "../status";
import { current, holding, me } from "../identity";
import { capAt, objectOf } from "../object/capability";
import { endpointAlive } from "../object/endpoint";
import { awaitReply, deliverMessage } from "../object/message";
import { trace } from "../trace/ring";
import { lockKernel, lockServer, unlockKernel, unlockServer } from "./lock";
import { busy, runnable, wake } from "./park";
import { probeStack } from "./probe";
import { dequeue, enqueue } from "./queue";
import { isDead } from "../object/domain";
import { isInside } from "./call";
import { expelled, obeyFlags, parkUntil } from "./thread";

/** Ask for `count` pages from `page` on of the Dataspace that the capability in `slot` names (`word`: its first word, as it was when
 *  its rights were checked), of which the first is about to be overwritten as a `whole`: 0, or a negated error. */
export function pageFault(slot: i32, word: u64, page: u32, count: u32, whole: bool): i32 {
  const domain = current, wasHolding = holding;
  probeStack();
  if (busy()) return WOULD_DEADLOCK;
  lockKernel();
  const cap = capAt(current, slot), dataspace = objectOf(cap);
  if (load<u64>(cap) != word) { unlockKernel(); return BAD_HANDLE; }
  const endpoint = <usize>load<u32>(dataspace, S_PAGER);
  const pager = endpoint ? <usize>load<u32>(endpoint + E_DOMAIN) : 0;
  const refused: i32 = !endpoint || !endpointAlive(endpoint) ? PEER_DIED
    : pager == current || pager == <usize>load<u32>(me + T_DOMAIN) || isInside(pager) ? WOULD_DEADLOCK : OK;
  if (refused < 0) { unlockKernel(); return refused; }
  if (isDead(current)) { unlockKernel(); expelled(); }
  store<i32>(me + T_LABEL, LABEL_PAGE_FAULT);
  store<i32>(me + T_BADGE, load<i32>(dataspace, S_PAGER_BADGE));
  store<i32>(me + T_RIGHTS, 0);
  store<i32>(me + T_SHAPE, 3);
  store<i64>(me + T_WORDS, <i64>page);
  store<i64>(me + T_WORDS, <i64>count, 8);
  store<i64>(me + T_WORDS, whole ? 1 : 0, 16);
  store<i64>(me + T_CAPS, 0);
  store<i64>(me + T_CAPS + 8, 0);
  store<i32>(me + T_SEND0_LENGTH, 0);
  store<i32>(me + T_SEND1_LENGTH, 0);
  store<i32>(me + T_ROOM, 0);
  store<u32>(me + T_CALLER_DOMAIN, <u32>current);
  const receiver = dequeue(endpoint + E_RECEIVERS_HEAD);
  if (receiver) {
    deliverMessage(me, receiver, pager);
    awaitReply(me, pager);
    runnable(receiver);
  } else {
    store<i32>(me + T_STATE, THREAD_SENDING);
    store<u32>(me + T_WAITS_ON, <u32>endpoint);
    enqueue(endpoint + E_SENDERS_HEAD, me);
  }
  unlockKernel();
  trace(TRACE_PAGE_FAULT, load<i32>(pager + D_NUMBER), LABEL_PAGE_FAULT, <i32>page);
  if (receiver) wake(receiver);
  if (wasHolding) unlockServer(domain);
  parkUntil(-1);
  if (wasHolding) lockServer(domain);
  const status = load<i32>(me + T_STATUS);
  obeyFlags();
  return status;
}
