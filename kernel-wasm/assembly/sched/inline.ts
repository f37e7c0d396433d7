// A call to a server that is placed inline: the calling thread moves into the server's domain and back, in its own Worker, onto
// another instance of the server's code on the server's own memory (PSL's service call, Kea's portal, LRPC). Memory is
// protected by the instance; a trap is caught by the machine's frame; the server's lock keeps entries one at a time (I14).

import {
  D_PLACEMENT, D_STATE, DOMAINS, DOMAIN_SIZE, E_DOMAIN, T_DEPTH, T_INSIDE, T_MEMORY_OF, T_PARK, T_FLAGS, THREAD_RUNNING,
  T_STATE, T_COPYING, FLAG_EXPELLED, THREAD_REPLY, MAX_DEPTH, DOMAIN_RUNNING, CALL_COUNTS, TRACE_INLINE_ENTER, TRACE_INLINE_LEAVE,
} from "../../../abi/layout/kernel-memory";
import { DEFERRED, FAULT_TRAP, MAX_DOMAINS, MESSAGE_WORDS, OBJECT_ENDPOINT, RIGHT_WRITE, WINDOW_SIZE } from "../../../abi/layout/limits";
import { BAD_HANDLE, BAD_MESSAGE, CANCELED, FAULT, LAST_ERROR, OK, PEER_DIED, PENDING, TOO_LONG, WOULD_DEADLOCK } from "../status";
import {
  me, current, currentMemory, homeDomain, homeMemory, windowBase, holding, callerDomain, callerMemory, callerSend0, callerSend0Length, callerSend1,
  callerSend1Length, callerReceive, callerRoom, callerDelivered, callerSaved, enter, setCaller, setCallerDomain, setCallerRanges, setCallerLengths, setWindowBase, setHolding,
  restoreDelivery,
} from "../identity";
import { machineEnter, machineMap, inMemory, TRAPPED } from "../machine";
import { badgeOf, capAt } from "../object/capability";
import { interruptThread, isDead, killDomain } from "../object/domain";
import { capsOf, receivesOf, sendsOf, shapeValid, transferRegisters, wordsOf } from "../object/message";
import { answer, clearCaps, clearWordsFrom, emptyAnswer, r0a, r0n, s0a, s0n, s1a, s1n, setLengths, setAnswerShape, setMessage, setReceived } from "../registers";
import { trace } from "../trace/ring";
import { beginElsewhere, callElsewhere, finishCall, isInside } from "./call";
import { countServed, holdsServer, lockKernel, lockServer, unlockKernel, unlockServer } from "./lock";
import { busy, tryPark } from "./park";
import { probeForServer, probeStack } from "./probe";
import { obeyFlags, parkUntil, windowOf } from "./thread";

/** Call `server`, which is placed inline and is the domain of the endpoint that `cap`, a capability of the current domain, names; `word` is
 *  what the capability says, and has the right to call. The answer's status, with the registers set. `patient`: wait for an answer that
 *  the server has deferred; else PENDING, and callFinish gets it. A call that cannot be made inline after all is made between Workers. */
@inline function callInline(endpoint: i32, cap: usize, word: u64, server: usize, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  return crossing(endpoint, cap, word, server, callLabel, callShape, timeout, patient, false, false);
}

/** Whether the calling thread runs its own domain's code, which holds no server's lock, is not dead nor suspended, and waits for nothing. */
@inline export function atHome(): bool {
  return (<u64>callerDomain | <u64>holding | (load<u64>(me + T_PARK) ^ <u64>THREAD_RUNNING << 32) | <u64>load<u32>(me + T_FLAGS)) == 0;
}

/** The same as callInline, when `atHome`, patient and without a limit: the way of nearly all calls, in one piece (a frame more costs a twentieth of it). */
@inline export function callInlineFromHome(endpoint: i32, cap: usize, word: u64, server: usize, callLabel: i32, callShape: i32): i32 {
  // Words alone are the most frequent shape.
  if (<u32>callShape <= <u32>MESSAGE_WORDS) return crossing(endpoint, cap, word, server, callLabel, callShape, -1, true, true, true);
  return crossing(endpoint, cap, word, server, callLabel, callShape, -1, true, true, false);
}

/** Into the server and back. `words`: the shape says nothing else, and not too many. `home`: see atHome; `callerDomain` is 0 exactly while T_DEPTH is. Each instruction here is paid for by
 *  every call: what is rare is in functions of its own, and what is known at home is not looked at. */
@inline function crossing(endpoint: i32, cap: usize, word: u64, server: usize, callLabel: i32, callShape: i32, timeout: i64, patient: bool, home: bool, words: bool): i32 {
  if (!words && !shapeValid(callShape)) return emptyAnswer(BAD_MESSAGE);
  let depth = 0;
  if (home) {
    if (server == homeDomain) return emptyAnswer(WOULD_DEADLOCK);
    probeForServer();
  } else {
    depth = load<i32>(me + T_DEPTH);
    if (busy() || server == homeDomain || depth >= MAX_DEPTH || isInside(server)) return emptyAnswer(WOULD_DEADLOCK);
    if (depth == 0) probeForServer(); else probeStack();
  }
  const from = home ? homeDomain : current, fromMemory = home ? homeMemory : currentMemory, wasHolding = home ? false : holding, ranged = words ? 0 : callShape >> 7;
  if (ranged != 0) {
    const ranges = checkRanges(fromMemory, sendsOf(callShape), receivesOf(callShape));
    if (ranges < 0) return emptyAnswer(ranges);
  }
  const callBadge = badgeOf(cap), named = <usize>(word >> 32), number = numberOf(server);
  if (wasHolding) unlockServer(from);
  if (!lockServer(server)) return refused(endpoint, from, wasHolding, cap, word, callBadge, callLabel, callShape, timeout, patient);
  // (1) Whatever was looked up before we had the lock may have changed since: the server moved, died or was replaced, the
  // capability revoked. From here to the entry in T_INSIDE our hold on the lock keeps the machine from reclaiming the server. (The badge need not
  // be read again: a slot has no badge in between that no capability had in it, and its word is whole again only after its badge.)
  const memoryNumber = <i32>load<u8>(me + T_MEMORY_OF + <usize>number);
  const changed = changesOf(named, server, cap, word);
  if (changed != 0 || memoryNumber == 0) {
    unlockServer(server);
    // The first call from this Worker since the server began.
    if (changed == 0 && machineMap(number) != 0) return backIn(from, wasHolding, cap, word, callBadge) ? callAnyhow(endpoint, callLabel, callShape, timeout, patient) : emptyAnswer(BAD_HANDLE);
    return refused(endpoint, from, wasHolding, cap, word, callBadge, callLabel, callShape, timeout, patient);
  }
  if (!words && capsOf(callShape) > 0) {
    const status = passCaps(from, server, capsOf(callShape), false);
    if (status < 0) {
      unlockServer(server);
      backIn(from, wasHolding, cap, word, callBadge);
      return emptyAnswer(status);
    }
  } else clearCaps();

  // What an outer call still needs comes back afterwards.
  let oDomain: usize = 0, oMemory = 0, oSend0 = 0, oSend0Length = 0, oSend1 = 0, oSend1Length = 0, oReceive = 0, oRoom = 0, oDelivered = 0, oSaved = 0;
  if (!home) {
    oDomain = callerDomain; oMemory = callerMemory; oSend0 = callerSend0; oSend0Length = callerSend0Length; oSend1 = callerSend1; oSend1Length = callerSend1Length;
    oReceive = callerReceive; oRoom = callerRoom; oDelivered = callerDelivered; oSaved = callerSaved;
  }
  setCaller(from, fromMemory);
  const oWindow = ranged != 0 ? windowBase : 0;
  if (ranged != 0) {
    setCallerRanges(s0a, sendsOf(callShape) > 0 ? s0n : 0, s1a, sendsOf(callShape) > 1 ? s1n : 0, r0a, receivesOf(callShape) ? r0n : 0);
    if (fromMemory == 0) setWindowBase(windowEnd());
    setLengths(callerSend0Length, callerSend1Length, callerRoom);
  } else {
    if (!home) setCallerLengths(0, 0, 0);
    setLengths(0, 0, 0);
  }
  setHolding(true);
  moveIn(from, server, number, memoryNumber, depth, word, callLabel, callBadge, callShape);

  let status = machineEnter(memoryNumber, callLabel, callBadge);

  const shape = answer;
  if (isOdd(status, shape)) status = comeBackOddly(status, from, server, depth, fromMemory, fromMemory, ranged, oWindow, callLabel, timeout, patient);
  else {
    clearCaps();
    trace(TRACE_INLINE_LEAVE, numberOf(home ? homeDomain : from), callLabel, status);
    unlockServer(server);
    store<i32>(me + T_DEPTH, depth);
    if (home) enter(homeDomain, homeMemory); else enter(from, fromMemory);
    setHolding(false);
    if (ranged != 0) {
      setWindowBase(oWindow);
      if (home) setCallerLengths(0, 0, 0);
    }
    if (home) setCallerDomain(0);
    clearWordsFrom(wordsOf(shape));
    setReceived(callerDelivered);
    setAnswerShape(shape);
  }
  if (!home) {
    setCaller(oDomain, oMemory);
    setCallerRanges(oSend0, oSend0Length, oSend1, oSend1Length, oReceive, oRoom);
    restoreDelivery(oDelivered, oSaved);
    if (wasHolding && (patient || status != PENDING)) { lockServer(from); setHolding(true); }
  }
  obeyFlags();
  return status;
}

/** 0 if the endpoint at `named` is still that of `server`, which runs and is placed inline, and the capability still says `word`. */
@inline export function changesOf(named: usize, server: usize, cap: usize, word: u64): u64 {
  // The endpoint's domain and its generation, against the server and its own: the lower halves differ by nothing else, as a state is smaller
  // than the distance of two domains.
  return (load<u64>(named + E_DOMAIN) ^ load<u64>(server + D_STATE) ^ (<u64>server ^ DOMAIN_RUNNING)) | (load<u64>(cap) ^ word)
    | (load<u64>(server, D_PLACEMENT, 4) ^ (<u64>2 << 32 | 1));
}

/** The thread is in `server` from now on, at `depth`, with this message. Its lock is held, and what is said of the caller is set. */
@inline export function moveIn(from: usize, server: usize, number: i32, memoryNumber: i32, depth: i32, word: u64, callLabel: i32, callBadge: i32, callShape: i32): void {
  store<u32>(me + T_INSIDE + (<usize>depth << 2), <u32>server);
  store<i32>(me + T_DEPTH, depth + 1);
  enter(server, memoryNumber);
  setMessage(callLabel, callBadge, <i32>(word >> 8) & 255, callShape);
  clearWordsFrom(wordsOf(callShape));
  countServed(server);
  const cell = CALL_COUNTS + <usize>(number * MAX_DOMAINS + numberOf(from)) * 4;
  store<u32>(cell, load<u32>(cell) + 1);
  // `current` is the server by now, so the peer names the caller.
  trace(TRACE_INLINE_ENTER, numberOf(from), callLabel, callBadge);
}

/** Whether there came back anything but an error or none, with words at most and nothing saved: that is rare. */
@inline export function isOdd(status: i32, shape: i32): bool { return (<u32>-status >> 8 | <u32>shape >> 3 | callerSaved) != 0; }

/** A domain's number by its address. */
@inline export function numberOf(domain: usize): i32 { return <i32>((domain - DOMAINS) / DOMAIN_SIZE); }

/** What `crossing` has to do after an answer that carries capabilities or is none: its status. */
export function comeBackOddly(answered: i32, from: usize, server: usize, depth: i32, fromMemory: i32, rangeMemory: i32, ranged: i32, oWindow: i32, callLabel: i32, timeout: i64, patient: bool): i32 {
  let status = answered, resultShape = 0, locked = true;
  if (status <= 0 && status >= LAST_ERROR) {
    if (shapeValid(answer)) resultShape = answer;
  } else if (status == TRAPPED) {
    // The innermost one trapped: this server, or one that it has relayed its call to.
    const innermost = load<i32>(me + T_DEPTH) - 1, trapped = insideAt(innermost);
    if (trapped != server && holdsServer(trapped)) unlockServer(trapped);
    lockKernel();
    killDomain(trapped, FAULT_TRAP, 139);
    // What the trap broke off.
    if (!insideDead(depth)) store<i32>(me + T_FLAGS, load<i32>(me + T_FLAGS) & ~FLAG_EXPELLED);
    store<i32>(me + T_COPYING, (load<i32>(me + T_COPYING) + 1) & ~1);
    unlockKernel();
    // The code that trapped may have been waiting without it.
    locked = holdsServer(server);
    status = PEER_DIED;
    // Whoever looks at the trace sees each of them left.
    for (let level = innermost; level > depth; level--) {
      enter(insideAt(level), 0);
      trace(TRACE_INLINE_LEAVE, numberOf(insideAt(level - 1)), callLabel, status);
    }
    enter(server, 0);
  } else if (status != DEFERRED) status = BAD_MESSAGE;
  else if (callerSaved == 0) status = CANCELED;
  // A reply that was saved but is not waited for after all: nobody may answer it any more.
  if (callerSaved != 0 && status != DEFERRED) forgetSaved();
  const delivered = callerDelivered, receiveAddress = callerReceive;
  if (capsOf(resultShape) > 0 && status >= 0) {
    const moved = passCaps(server, from, capsOf(resultShape), true);
    if (moved < 0) { status = moved; resultShape = 0; clearCaps(); }
  } else clearCaps();
  trace(TRACE_INLINE_LEAVE, numberOf(from), callLabel, status);
  if (locked) unlockServer(server);
  store<i32>(me + T_DEPTH, depth);
  enter(from, fromMemory);
  setHolding(false);
  if (ranged != 0) setWindowBase(oWindow);
  setCallerDomain(0);
  setCallerLengths(0, 0, 0);
  if (status == DEFERRED) {
    // The answer comes later, to this thread's control block, as between Workers. (2) A kill that came while we were inside did not
    // break off our wait: look at the flags under the lock. Nor did that of the server that we have come back to.
    lockKernel();
    if (isDead(from) && load<i32>(me + T_STATE) == THREAD_REPLY) interruptThread(me, PEER_DIED);
    unlockKernel();
    if (!patient) return PENDING;
    parkUntil(timeout);
    return finishCall(rangeMemory, receiveAddress);
  }
  clearWordsFrom(wordsOf(resultShape));
  setReceived(delivered);
  setAnswerShape(resultShape);
  return status;
}

/** The server that this thread is inside at a depth: 0 is the outermost. */
function insideAt(depth: i32): usize { return <usize>load<u32>(me + T_INSIDE + (<usize>depth << 2)); }

/** Whether one of the outermost `depth` servers that this thread is inside is dead. */
function insideDead(depth: i32): bool {
  for (let i = 0; i < depth; i++) if (isDead(insideAt(i))) return true;
  return false;
}

export function passCaps(from: usize, to: usize, count: i32, moving: bool): i32 {
  lockKernel();
  const status = transferRegisters(from, to, count, moving);
  unlockKernel();
  return status;
}

/** A call from the start, by way of the capability in a slot. */
export function callAnyhow(endpoint: i32, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  const cap = capAt(current, endpoint), word = load<u64>(cap);
  if (<i32>(word & 255) != OBJECT_ENDPOINT) return emptyAnswer(BAD_HANDLE);
  if (mayCall(word) && isInline(ownerOf(word))) return callInline(endpoint, cap, word, ownerOf(word), callLabel, callShape, timeout, patient);
  return elsewhere(endpoint, callLabel, callShape, timeout, patient);
}

/** Whether what a capability says is an endpoint that may be called. */
@inline export function mayCall(word: u64): bool { return (<i32>word & (255 | RIGHT_WRITE << 8)) == (OBJECT_ENDPOINT | RIGHT_WRITE << 8); }
/** The domain of the endpoint that a capability names; 0 if it has none yet. */
@inline export function ownerOf(word: u64): usize { return <usize>load<u32>(<usize>(word >> 32) + E_DOMAIN); }
@inline export function isInline(server: usize): bool { return load<i32>(server + D_PLACEMENT) != 0; }

function elsewhere(endpoint: i32, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  return patient ? callElsewhere(endpoint, callLabel, callShape, timeout) : beginElsewhere(endpoint, callLabel, callShape);
}

/** The server's lock could not be had, or what was looked up before had changed. */
function refused(endpoint: i32, from: usize, wasHolding: bool, cap: usize, word: u64, callBadge: i32, callLabel: i32, callShape: i32, timeout: i64, patient: bool): i32 {
  return backIn(from, wasHolding, cap, word, callBadge) ? elsewhere(endpoint, callLabel, callShape, timeout, patient) : emptyAnswer(BAD_HANDLE);
}

/** Before a server's lock, given up for a call that did not come about, is relied on again: whether the capability in the slot is still the one that was to be called. Meanwhile another thread
 *  in this server may have deleted it and filled the slot with one that it knows to be another. Should the server have died, this traps. */
export function backIn(from: usize, wasHolding: bool, cap: usize, word: u64, callBadge: i32): bool {
  if (wasHolding) lockServer(from);
  obeyFlags();
  return load<u64>(cap) == word && badgeOf(cap) == callBadge;
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
  const base = windowOf(me);
  let end = windowBase;
  const a = callerSend0 + callerSend0Length - base, b = callerSend1 + callerSend1Length - base, c = callerReceive + callerRoom - base;
  if (callerSend0Length > 0 && a > end) end = a;
  if (callerSend1Length > 0 && b > end) end = b;
  if (callerRoom > 0 && c > end) end = c;
  return (end + 7) & ~7;
}
