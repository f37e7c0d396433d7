// A call to a server that is placed inline: the calling thread moves into the server's domain and back, in its own Worker, onto
// another instance of the server's code on the server's own memory (PSL's service call, Kea's portal, LRPC). Memory is
// protected by the instance; a trap is caught by the machine's frame; the server's lock keeps entries one at a time.

import {
  D_PLACEMENT, D_NUMBER, D_STATE, D_GENERATION, E_DOMAIN, E_DOMAIN_GENERATION, T_DEPTH, T_INSIDE, T_MEMORY_OF, T_DOMAIN, T_CALLS, T_FLAGS,
  T_STATE, T_COPYING, D_MOVABLE, FLAG_EXPELLED, THREAD_REPLY, MAX_DEPTH, DOMAIN_RUNNING, CALL_COUNTS, TRACE_INLINE_ENTER, TRACE_INLINE_LEAVE,
} from "../../../abi/layout/kernel-memory";
import { DEFERRED, FAULT_TRAP, MAX_DOMAINS, RIGHT_WRITE, WINDOW_SIZE } from "../../../abi/layout/limits";
import { BAD_MESSAGE, CANCELED, FAULT, LAST_ERROR, NO_RIGHT, OK, PEER_DIED, PENDING, TOO_LONG, WOULD_DEADLOCK } from "../status";
import {
  me, current, currentMemory, windowBase, holding, callerDomain, callerMemory, callerSend0, callerSend0Length, callerSend1,
  callerSend1Length, callerReceive, callerRoom, callerDelivered, callerSaved, enter, setCaller, setWindowBase, setHolding, restoreDelivery,
} from "../identity";
import { machineEnter, machineMap, inMemory, TRAPPED } from "../machine";
import { badgeOf } from "../object/capability";
import { interruptThread, killDomain } from "../object/domain";
import { capsOf, receivesOf, sendsOf, shapeValid, transferRegisters, wordsOf } from "../object/message";
import { answer, clearCaps, clearWordsFrom, emptyAnswer, label, r0a, r0n, s0a, s0n, s1a, s1n, setLengths, setAnswerShape, setMessage, setReceived } from "../registers";
import { trace } from "../trace/ring";
import { finishCall, isInside } from "./call";
import { countServed, holdsServer, lockKernel, lockServer, unlockKernel, unlockServer } from "./lock";
import { busy, tryPark } from "./park";
import { probeStack } from "./probe";
import { obeyFlags, parkUntil, threadNumber } from "./thread";

/** Not called inline after all: the placement has changed, or this Worker has no instance. */
export const ELSEWHERE: i32 = -2000;

/** `cap` is an endpoint capability of the current domain. Shape and rights are checked here. `patient`: wait for an answer that the
 *  server has deferred; else PENDING, and callFinish gets it. */
export function callInline(cap: usize, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  if (!shapeValid(callShape)) return emptyAnswer(BAD_MESSAGE);
  const word = load<u64>(cap), callBadge = badgeOf(cap), callRights = <i32>(word >> 8) & 255;
  if (!(callRights & RIGHT_WRITE)) return emptyAnswer(NO_RIGHT);
  if (busy()) return emptyAnswer(WOULD_DEADLOCK);
  const endpoint = <usize>(word >> 32);
  const server = <usize>load<u32>(endpoint + E_DOMAIN), number = load<i32>(server + D_NUMBER);
  const depth = load<i32>(me + T_DEPTH);
  if (<usize>load<u32>(me + T_DOMAIN) == server || isInside(server) || depth >= MAX_DEPTH) return emptyAnswer(WOULD_DEADLOCK);
  probeStack();
  const from = current, fromMemory = currentMemory, wasHolding = holding;
  const sends = sendsOf(callShape), receives = receivesOf(callShape);
  if (callShape >> 7) {
    const ranges = checkRanges(fromMemory, sends, receives);
    if (ranges < 0) return emptyAnswer(ranges);
  }
  if (load<u8>(me + T_MEMORY_OF + <usize>number) == 0 && machineMap(number) == 0) return ELSEWHERE;
  if (wasHolding) unlockServer(from);
  if (!lockServer(server)) { if (wasHolding) lockServer(from); return ELSEWHERE; }
  // (1) Whatever was looked up before we had the lock may have changed since: the server moved, died or was replaced, the
  // capability revoked. From here to the entry in T_INSIDE our hold on the lock keeps the machine from reclaiming the server.
  const memoryNumber = <i32>load<u8>(me + T_MEMORY_OF + <usize>number);
  if (load<i32>(server + D_PLACEMENT) == 0 || load<i32>(server + D_MOVABLE) != 2 || load<i32>(server + D_STATE) != DOMAIN_RUNNING || memoryNumber == 0
    || load<u64>(cap) != word || badgeOf(cap) != callBadge || <usize>load<u32>(endpoint + E_DOMAIN) != server || load<i32>(server + D_GENERATION) != load<i32>(endpoint + E_DOMAIN_GENERATION)) {
    unlockServer(server);
    if (wasHolding) lockServer(from);
    return ELSEWHERE;
  }
  if (capsOf(callShape) > 0) {
    lockKernel();
    const status = transferRegisters(from, server, capsOf(callShape), false);
    unlockKernel();
    if (status < 0) { unlockServer(server); if (wasHolding) lockServer(from); return emptyAnswer(status); }
  } else clearCaps();

  // What an outer inline call still needs comes back below.
  const oDomain = callerDomain, oMemory = callerMemory, oSend0 = callerSend0, oSend0Length = callerSend0Length, oSend1 = callerSend1, oSend1Length = callerSend1Length;
  const oReceive = callerReceive, oRoom = callerRoom, oDelivered = callerDelivered, oSaved = callerSaved, oWindow = windowBase;
  setCaller(from, fromMemory, s0a, sends > 0 ? s0n : 0, s1a, sends > 1 ? s1n : 0, r0a, receives ? r0n : 0);
  const receiveAddress = r0a;
  if (fromMemory == 0 && (callShape >> 7) != 0) setWindowBase(windowEnd());
  store<u32>(me + T_INSIDE + (<usize>depth << 2), <u32>server);
  store<i32>(me + T_DEPTH, depth + 1);
  enter(server, memoryNumber);
  setHolding(true);
  setLengths(callerSend0Length, callerSend1Length, callerRoom);
  setMessage(callLabel, callBadge, callRights, callShape);
  clearWordsFrom(wordsOf(callShape));
  countServed(server);
  const cell = CALL_COUNTS + <usize>(number * MAX_DOMAINS + load<i32>(from + D_NUMBER)) * 4;
  store<u32>(cell, load<u32>(cell) + 1);
  // `current` is the server by now, so the peer names the caller.
  trace(TRACE_INLINE_ENTER, load<i32>(from + D_NUMBER), callLabel, callBadge);

  let status = machineEnter(number, callLabel, callBadge);

  let resultShape = 0;
  if (status == TRAPPED) {
    lockKernel();
    killDomain(server, FAULT_TRAP, 139);
    // What the trap broke off.
    store<i32>(me + T_FLAGS, load<i32>(me + T_FLAGS) & ~FLAG_EXPELLED);
    store<i32>(me + T_COPYING, (load<i32>(me + T_COPYING) + 1) & ~1);
    unlockKernel();
    status = PEER_DIED;
  } else if (status == DEFERRED) {
    if (callerSaved == 0) status = CANCELED;
  } else {
    resultShape = shapeValid(answer) ? answer : 0;
    if (status > 0 || status < LAST_ERROR) status = BAD_MESSAGE;
  }
  // A reply that was saved but is not waited for after all: nobody may answer it any more.
  if (status != DEFERRED && callerSaved != 0) forgetSaved();
  const delivered = callerDelivered;
  if (capsOf(resultShape) > 0 && status >= 0) {
    lockKernel();
    const moved = transferRegisters(server, from, capsOf(resultShape), true);
    unlockKernel();
    if (moved < 0) { status = moved; resultShape = 0; clearCaps(); }
  } else clearCaps();
  trace(TRACE_INLINE_LEAVE, load<i32>(from + D_NUMBER), callLabel, status);
  // The code that trapped may have been waiting without it.
  if (holdsServer(server)) unlockServer(server);
  store<i32>(me + T_DEPTH, depth);
  enter(from, fromMemory);
  setHolding(false);
  setCaller(oDomain, oMemory, oSend0, oSend0Length, oSend1, oSend1Length, oReceive, oRoom);
  restoreDelivery(oDelivered, oSaved);
  setWindowBase(oWindow);
  if (status == DEFERRED) {
    // The answer comes later, to this thread's control block, as between Workers. (2) A kill that came while we were inside did not
    // break off our wait: look at the flags under the lock.
    lockKernel();
    unlockKernel();
    if (!patient) return PENDING;
    parkUntil(timeout);
    status = finishCall(fromMemory, receiveAddress);
  } else {
    clearWordsFrom(wordsOf(resultShape));
    setReceived(delivered);
    setAnswerShape(resultShape);
  }
  if (wasHolding) { lockServer(from); setHolding(true); }
  obeyFlags();
  return status;
}

/** End the wait that saveReply began in an inline call. */
function forgetSaved(): void {
  lockKernel();
  if (load<i32>(me + T_STATE) == THREAD_REPLY) interruptThread(me, CANCELED);
  unlockKernel();
  // Answered or not, the token is there.
  tryPark();
}

/** The same limits as between Workers: 0 or a negated error. Clips the room. */
function checkRanges(memory: i32, sends: i32, receives: i32): i32 {
  if (sends > 0 && !inMemory(me, memory, s0a, s0n)) return FAULT;
  if (sends > 1 && !inMemory(me, memory, s1a, s1n)) return FAULT;
  if (receives && !inMemory(me, memory, r0a, r0n)) return FAULT;
  const limit = WINDOW_SIZE - windowBase;
  if (sends > 0 && s0n > limit) return TOO_LONG;
  const first = sends > 0 ? (s0n + 7) & ~7 : 0;
  if (sends > 1 && s1n > limit - first) return TOO_LONG;
  const rest = limit - first - (sends > 1 ? (s1n + 7) & ~7 : 0);
  if (receives && r0n > rest) setReceived(rest > 0 ? rest : 0);
  return OK;
}

/** End of what the caller's ranges use of the window, when the caller's memory is the window. */
function windowEnd(): i32 {
  const base = threadNumber(me) * WINDOW_SIZE;
  let end = windowBase;
  const a = callerSend0 + callerSend0Length - base, b = callerSend1 + callerSend1Length - base, c = callerReceive + callerRoom - base;
  if (callerSend0Length > 0 && a > end) end = a;
  if (callerSend1Length > 0 && b > end) end = b;
  if (callerRoom > 0 && c > end) end = c;
  return (end + 7) & ~7;
}
