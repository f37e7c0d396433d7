// A call to a server that is placed inline: the calling thread moves into the server's domain and back, in its own Worker, onto
// another instance of the server's code on the server's own memory (PSL's service call, Kea's portal, LRPC). Memory is
// protected by the instance; a trap is caught by the machine's frame; the server's lock keeps entries one at a time.

import {
  D_PLACEMENT, D_NUMBER, D_STATE, D_GENERATION, E_DOMAIN, E_DOMAIN_GENERATION, T_DEPTH, T_INSIDE, T_MEMORY_OF, T_DOMAIN, T_CALLS, T_FLAGS,
  T_SERIAL, T_CALLER_DOMAIN, MAX_DEPTH, DOMAIN_RUNNING, CALL_COUNTS, TRACE_INLINE_ENTER, TRACE_INLINE_LEAVE,
} from "../../../abi/layout/kernel-memory";
import { DEFERRED, FAULT_TRAP, MAX_DOMAINS, RIGHT_WRITE, WINDOW_SIZE } from "../../../abi/layout/limits";
import { BAD_MESSAGE, CANCELED, NO_RIGHT, OK, PEER_DIED, PENDING, WOULD_DEADLOCK } from "../status";
import {
  me, current, currentMemory, windowBase, holding, callerDomain, callerMemory, callerSend0, callerSend0Length, callerSend1,
  callerSend1Length, callerReceive, callerRoom, callerDelivered, callerSaved, enter, setCaller, setWindowBase, setHolding, restoreDelivery,
} from "../identity";
import { machineEnter, machineMap, inMemory, TRAPPED } from "../machine";
import { badgeOf, objectOf, rightsOf } from "../object/capability";
import { killDomain } from "../object/domain";
import { capsOf, receivesOf, sendsOf, shapeValid, transferRegisters, wordsOf } from "../object/message";
import { answer, clearCaps, clearWordsFrom, label, r0a, r0n, s0a, s0n, s1a, s1n, setLengths, setAnswerShape, setMessage, setReceived } from "../registers";
import { trace } from "../trace/ring";
import { finishCall } from "./call";
import { countServed, lockKernel, lockServer, unlockKernel, unlockServer } from "./lock";
import { probeStack } from "./probe";
import { obeyFlags, parkUntil, threadNumber } from "./thread";

/** Not called inline after all: the placement has changed, or this Worker has no instance. */
export const ELSEWHERE: i32 = -2000;

/** `cap` is an endpoint capability of the current domain. Shape and rights are checked here. */
export function callInline(cap: usize, callLabel: i32, callShape: i32, timeout: i64): i32 {
  if (!shapeValid(callShape)) return BAD_MESSAGE;
  if (!(rightsOf(cap) & RIGHT_WRITE)) return NO_RIGHT;
  const endpoint = objectOf(cap), callBadge = badgeOf(cap), callRights = rightsOf(cap);
  const server = <usize>load<u32>(endpoint + E_DOMAIN), number = load<i32>(server + D_NUMBER);
  const depth = load<i32>(me + T_DEPTH);
  if (<usize>load<u32>(me + T_DOMAIN) == server) return WOULD_DEADLOCK;
  for (let i = 0; i < depth; i++) if (<usize>load<u32>(me + T_INSIDE + (<usize>i << 2)) == server) return WOULD_DEADLOCK;
  if (depth >= MAX_DEPTH) return WOULD_DEADLOCK;
  probeStack();
  let memoryNumber = <i32>load<u8>(me + T_MEMORY_OF + <usize>number);
  if (memoryNumber == 0) {
    memoryNumber = machineMap(number);
    if (memoryNumber == 0) return ELSEWHERE;
  }

  const from = current, fromMemory = currentMemory, wasHolding = holding;
  if (wasHolding) unlockServer(from);
  lockServer(server);
  if (load<i32>(server + D_PLACEMENT) == 0 || load<i32>(server + D_STATE) != DOMAIN_RUNNING || load<i32>(server + D_GENERATION) != load<i32>(endpoint + E_DOMAIN_GENERATION)) {
    unlockServer(server);
    if (wasHolding) lockServer(from);
    return ELSEWHERE;
  }
  const sends = sendsOf(callShape), receives = receivesOf(callShape);
  if (capsOf(callShape) > 0) {
    lockKernel();
    const status = transferRegisters(from, server, capsOf(callShape), false);
    unlockKernel();
    if (status < 0) { unlockServer(server); if (wasHolding) lockServer(from); clearCaps(); return status; }
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
    unlockKernel();
    status = PEER_DIED;
  } else if (status == DEFERRED) {
    if (callerSaved == 0) status = CANCELED;
  } else resultShape = answer;
  const saved = callerSaved, delivered = callerDelivered;
  if (capsOf(resultShape) > 0 && status >= 0) {
    lockKernel();
    const moved = transferRegisters(server, from, capsOf(resultShape), true);
    unlockKernel();
    if (moved < 0) { status = moved; resultShape = 0; clearCaps(); }
  } else clearCaps();
  trace(TRACE_INLINE_LEAVE, load<i32>(from + D_NUMBER), callLabel, status);
  unlockServer(server);
  store<i32>(me + T_DEPTH, depth);
  enter(from, fromMemory);
  setHolding(false);
  setCaller(oDomain, oMemory, oSend0, oSend0Length, oSend1, oSend1Length, oReceive, oRoom);
  restoreDelivery(oDelivered, oSaved);
  if (status == DEFERRED) {
    // The answer comes later, to this thread's control block, as between Workers.
    parkUntil(timeout);
    setWindowBase(oWindow);
    status = finishCall(fromMemory, receiveAddress);
  } else {
    setWindowBase(oWindow);
    clearWordsFrom(wordsOf(resultShape));
    setReceived(delivered);
    setAnswerShape(resultShape);
  }
  if (wasHolding) { lockServer(from); setHolding(true); }
  if (depth == 0) obeyFlags();
  return status;
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
