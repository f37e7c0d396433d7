// A call to a server that is placed inline: the calling thread moves into the server's domain and back, in its own Worker, onto
// another instance of the server's code on the server's own memory (PSL's service call, Kea's portal, LRPC). Memory is
// protected by the instance; a trap is caught by the machine's frame; the server's lock keeps entries one at a time (I14).

import {
  D_PLACEMENT, D_NUMBER, D_STATE, D_GENERATION, E_DOMAIN, E_DOMAIN_GENERATION, T_DEPTH, T_INSIDE, T_MEMORY_OF, T_DOMAIN, T_CALLS, T_FLAGS,
  T_STATE, T_COPYING, D_MOVABLE, FLAG_EXPELLED, THREAD_REPLY, MAX_DEPTH, DOMAIN_RUNNING, CALL_COUNTS, TRACE_INLINE_ENTER, TRACE_INLINE_LEAVE,
} from "../../../abi/layout/kernel-memory";
import { DEFERRED, FAULT_TRAP, MAX_DOMAINS, MESSAGE_WORDS, RIGHT_WRITE, WINDOW_SIZE } from "../../../abi/layout/limits";
import { BAD_MESSAGE, CANCELED, FAULT, LAST_ERROR, NO_RIGHT, OK, PEER_DIED, PENDING, TOO_LONG, WOULD_DEADLOCK } from "../status";
import {
  me, current, currentMemory, windowBase, holding, callerDomain, callerMemory, callerSend0, callerSend0Length, callerSend1,
  callerSend1Length, callerReceive, callerRoom, callerDelivered, callerSaved, enter, setCaller, setCallerRanges, setWindowBase, setHolding, restoreDelivery,
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
import { probeForServer, probeStack } from "./probe";
import { obeyFlags, parkUntil, threadNumber } from "./thread";

/** Not called inline after all: the placement has changed, or this Worker has no instance. */
export const ELSEWHERE: i32 = -2000;

/** `cap` is an endpoint capability of the current domain, `word` what it says. Shape and rights are checked here. `patient`: wait for
 *  an answer that the server has deferred; else PENDING, and callFinish gets it. */
export function callInline(cap: usize, word: u64, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  const from = current, fromMemory = currentMemory, wasHolding = holding, receiveAddress = r0a;
  return settled(callerDomain == 0 ? cross(cap, word, callLabel, callShape) : crossNested(cap, word, callLabel, callShape), from, fromMemory, wasHolding, receiveAddress, timeout, patient);
}

/** The same, patient and without a limit: the way of nearly all calls, in one piece (a frame more costs a twentieth of it). */
@inline export function callInlineAtOnce(cap: usize, word: u64, callLabel: i32, callShape: i32): i32 {
  const from = current, fromMemory = currentMemory, wasHolding = holding, receiveAddress = r0a;
  return settled(callerDomain == 0 ? crossing(cap, word, callLabel, callShape) : crossNested(cap, word, callLabel, callShape), from, fromMemory, wasHolding, receiveAddress, -1, true);
}

/** What is left to do with what `cross` returned. */
@inline function settled(result: i32, from: usize, fromMemory: i32, wasHolding: bool, receiveAddress: i32, timeout: i64, patient: bool): i32 {
  let status = result;
  if (status == ELSEWHERE) return ELSEWHERE;
  if (status == DEFERRED) {
    // The answer comes later, to this thread's control block, as between Workers. (2) A kill that came while we were inside did not
    // break off our wait: look at the flags under the lock.
    lockKernel();
    unlockKernel();
    if (!patient) return PENDING;
    parkUntil(timeout);
    status = finishCall(fromMemory, receiveAddress);
    if (wasHolding) { lockServer(from); setHolding(true); }
  }
  obeyFlags();
  return status;
}

/** The same from within an inline server: what the outer call still needs comes back afterwards. */
function crossNested(cap: usize, word: u64, callLabel: i32, callShape: i32): i32 {
  const oDomain = callerDomain, oMemory = callerMemory, oSend0 = callerSend0, oSend0Length = callerSend0Length, oSend1 = callerSend1, oSend1Length = callerSend1Length;
  const oReceive = callerReceive, oRoom = callerRoom, oDelivered = callerDelivered, oSaved = callerSaved;
  setCallerRanges(0, 0, 0, 0, 0, 0);
  const status = cross(cap, word, callLabel, callShape);
  setCaller(oDomain, oMemory);
  setCallerRanges(oSend0, oSend0Length, oSend1, oSend1Length, oReceive, oRoom);
  restoreDelivery(oDelivered, oSaved);
  return status;
}

/** Into the server and back: the status of its answer, with the registers set; DEFERRED if the answer comes later; ELSEWHERE. In the
 *  latter two cases the caller's own server lock is as it was, and given up, respectively. `callerDomain` is 0 afterwards. */
@inline function crossing(cap: usize, word: u64, callLabel: i32, callShape: i32): i32 {
  // Words alone are the most frequent shape, and the quickest to check.
  if (<u32>callShape > <u32>MESSAGE_WORDS && !shapeValid(callShape)) return emptyAnswer(BAD_MESSAGE);
  const callBadge = badgeOf(cap), callRights = <i32>(word >> 8) & 255;
  if (!(callRights & RIGHT_WRITE)) return emptyAnswer(NO_RIGHT);
  if (busy()) return emptyAnswer(WOULD_DEADLOCK);
  const endpoint = <usize>(word >> 32);
  const server = <usize>load<u32>(endpoint + E_DOMAIN), number = load<i32>(server + D_NUMBER);
  const depth = load<i32>(me + T_DEPTH);
  if (<usize>load<u32>(me + T_DOMAIN) == server || (depth != 0 && (depth >= MAX_DEPTH || isInside(server)))) return emptyAnswer(WOULD_DEADLOCK);
  if (depth == 0) probeForServer(); else probeStack();
  const from = current, fromMemory = currentMemory, wasHolding = holding, ranged = callShape >> 7 != 0;
  if (ranged) {
    const ranges = checkRanges(fromMemory, sendsOf(callShape), receivesOf(callShape));
    if (ranges < 0) return emptyAnswer(ranges);
  }
  if (load<u8>(me + T_MEMORY_OF + <usize>number) == 0 && machineMap(number) == 0) return ELSEWHERE;
  if (wasHolding) unlockServer(from);
  if (!lockServer(server)) { if (wasHolding) lockServer(from); return ELSEWHERE; }
  // (1) Whatever was looked up before we had the lock may have changed since: the server moved, died or was replaced, the
  // capability revoked. From here to the entry in T_INSIDE our hold on the lock keeps the machine from reclaiming the server.
  const memoryNumber = <i32>load<u8>(me + T_MEMORY_OF + <usize>number);
  const changed = (load<i32>(server + D_MOVABLE) ^ 2) | (load<i32>(server + D_STATE) ^ DOMAIN_RUNNING) | (badgeOf(cap) ^ callBadge)
    | (load<i32>(endpoint + E_DOMAIN) ^ <i32>server) | (load<i32>(server + D_GENERATION) ^ load<i32>(endpoint + E_DOMAIN_GENERATION));
  if (changed != 0 || load<u64>(cap) != word || load<i32>(server + D_PLACEMENT) == 0 || memoryNumber == 0) {
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

  setCaller(from, fromMemory);
  const oWindow = windowBase;
  if (ranged) {
    setCallerRanges(s0a, sendsOf(callShape) > 0 ? s0n : 0, s1a, sendsOf(callShape) > 1 ? s1n : 0, r0a, receivesOf(callShape) ? r0n : 0);
    if (fromMemory == 0) setWindowBase(windowEnd());
    setLengths(callerSend0Length, callerSend1Length, callerRoom);
  } else setLengths(0, 0, 0);
  store<u32>(me + T_INSIDE + (<usize>depth << 2), <u32>server);
  store<i32>(me + T_DEPTH, depth + 1);
  enter(server, memoryNumber);
  setHolding(true);
  setMessage(callLabel, callBadge, callRights, callShape);
  clearWordsFrom(wordsOf(callShape));
  countServed(server);
  const fromNumber = load<i32>(from + D_NUMBER), cell = CALL_COUNTS + <usize>(number * MAX_DOMAINS + fromNumber) * 4;
  store<u32>(cell, load<u32>(cell) + 1);
  // `current` is the server by now, so the peer names the caller.
  trace(TRACE_INLINE_ENTER, fromNumber, callLabel, callBadge);

  let status = machineEnter(number, callLabel, callBadge);

  let resultShape = 0, locked = true;
  if (status <= 0 && status >= LAST_ERROR) {
    resultShape = answer;
    if (<u32>resultShape > <u32>MESSAGE_WORDS && !shapeValid(resultShape)) resultShape = 0;
  } else if (status == TRAPPED) {
    lockKernel();
    killDomain(server, FAULT_TRAP, 139);
    // What the trap broke off.
    store<i32>(me + T_FLAGS, load<i32>(me + T_FLAGS) & ~FLAG_EXPELLED);
    store<i32>(me + T_COPYING, (load<i32>(me + T_COPYING) + 1) & ~1);
    unlockKernel();
    // The code that trapped may have been waiting without it.
    locked = holdsServer(server);
    status = PEER_DIED;
  } else if (status != DEFERRED) status = BAD_MESSAGE;
  else if (callerSaved == 0) status = CANCELED;
  // A reply that was saved but is not waited for after all: nobody may answer it any more.
  if (callerSaved != 0 && status != DEFERRED) forgetSaved();
  const delivered = callerDelivered;
  if (capsOf(resultShape) > 0 && status >= 0) {
    lockKernel();
    const moved = transferRegisters(server, from, capsOf(resultShape), true);
    unlockKernel();
    if (moved < 0) { status = moved; resultShape = 0; clearCaps(); }
  } else clearCaps();
  trace(TRACE_INLINE_LEAVE, fromNumber, callLabel, status);
  if (locked) unlockServer(server);
  store<i32>(me + T_DEPTH, depth);
  enter(from, fromMemory);
  setHolding(false);
  setCaller(0, 0);
  if (ranged) {
    setCallerRanges(0, 0, 0, 0, 0, 0);
    setWindowBase(oWindow);
  }
  if (status == DEFERRED) return DEFERRED;
  clearWordsFrom(wordsOf(resultShape));
  setReceived(delivered);
  setAnswerShape(resultShape);
  if (wasHolding) { lockServer(from); setHolding(true); }
  return status;
}

function cross(cap: usize, word: u64, callLabel: i32, callShape: i32): i32 { return crossing(cap, word, callLabel, callShape); }

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
