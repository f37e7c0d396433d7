// A call that an inline server passes on: its caller's data ranges go along, so that what they hold is copied once, from where it is to where it is wanted. There is no catch
// frame around the callee. What traps in it breaks off the server in the middle as well, up to the frame that this was entered by, and that finds out who it was (`comeBackOddly`). The server in the
// middle holds no lock meanwhile and has promised to have nothing left to do (lib/assembly/kernel.ts), so nothing of it is lost.

import { T_DEPTH, T_MEMORY_OF, MAX_DEPTH, TRACE_INLINE_LEAVE } from "../../../abi/layout/kernel-memory";
import { NOT_RELAYED } from "../../../abi/layout/limits";
import { BAD_HANDLE, BAD_MESSAGE, WOULD_DEADLOCK } from "../status";
import {
  me, current, currentMemory, homeDomain, holding, callerDelivered, callerDomain, callerMemory, callerRoom, callerSend0Length, callerSend1Length, enter, restoreDelivery, setCallerDomain,
  setCallerLengths, setHolding,
} from "../identity";
import { enterUncaught, machineMap } from "../machine";
import { badgeOf, capAt } from "../object/capability";
import { capsOf, receivesOf, sendsOf, shapeValid, wordsOf } from "../object/message";
import { answer, clearCaps, clearWordsFrom, emptyAnswer, r0n, setAnswerShape, setLengths } from "../registers";
import { trace } from "../trace/ring";
import { isInside } from "./call";
import { backIn, changesOf, comeBackOddly, isInline, isOdd, mayCall, moveIn, numberOf, ownerOf, passCaps } from "./inline";
import { lockServer, unlockServer } from "./lock";
import { busy } from "./park";
import { probeStack } from "./probe";
import { obeyFlags } from "./thread";

/** From inside a server (`current`, whose lock is held) into another, on behalf of the first one's caller: its data ranges are the callee's as they are, and nothing is known of
 *  them here but how long they are. They were checked when it called. The answer's status, or NOT_RELAYED, with nothing done (but the lock was perhaps given up for a time), unless the callee can be entered at once and the shape names them
 *  all. `callerDomain` is `current` meanwhile; all else that is said of the caller stays. */
export function relayInline(endpoint: i32, callLabel: i32, callShape: i32): i32 {
  const cap = capAt(current, endpoint), word = load<u64>(cap), server = ownerOf(word);
  if (!mayCall(word) || !isInline(server) || !holding || namesTooFew(callShape)) return NOT_RELAYED;
  if (!shapeValid(callShape)) return emptyAnswer(BAD_MESSAGE);
  const depth = load<i32>(me + T_DEPTH);
  if (busy() || server == homeDomain || depth >= MAX_DEPTH || isInside(server)) return emptyAnswer(WOULD_DEADLOCK);
  probeStack();
  const from = current, fromMemory = currentMemory, oDomain = callerDomain, callBadge = badgeOf(cap), number = numberOf(server);
  unlockServer(from);
  if (!lockServer(server)) return backIn(from, true, cap, word, callBadge) ? NOT_RELAYED : emptyAnswer(BAD_HANDLE);
  // As (1) in inline.ts.
  const memoryNumber = <i32>load<u8>(me + T_MEMORY_OF + <usize>number);
  const changed = changesOf(<usize>(word >> 32), server, cap, word);
  if (changed != 0 || memoryNumber == 0) {
    unlockServer(server);
    // The first call from this Worker since the server began.
    const mapped = changed == 0 && machineMap(number) != 0;
    if (!backIn(from, true, cap, word, callBadge)) return emptyAnswer(BAD_HANDLE);
    return mapped ? relayInline(endpoint, callLabel, callShape) : NOT_RELAYED;
  }
  if (capsOf(callShape) > 0) {
    const status = passCaps(from, server, capsOf(callShape), false);
    if (status < 0) {
      unlockServer(server);
      backIn(from, true, cap, word, callBadge);
      return emptyAnswer(status);
    }
  } else clearCaps();
  setCallerDomain(from);
  setLengths(callerSend0Length, callerSend1Length, callerRoom);
  moveIn(from, server, number, memoryNumber, depth, word, callLabel, callBadge, callShape);

  let status = enterUncaught(memoryNumber, callLabel, callBadge);

  const shape = answer;
  if (isOdd(status, shape)) status = relayedOddly(status, from, server, depth, fromMemory, callLabel);
  else {
    clearCaps();
    trace(TRACE_INLINE_LEAVE, numberOf(from), callLabel, status);
    unlockServer(server);
    store<i32>(me + T_DEPTH, depth);
    enter(from, fromMemory);
    clearWordsFrom(wordsOf(shape));
    setAnswerShape(shape);
  }
  setCallerDomain(oDomain);
  lockServer(from);
  setHolding(true);
  obeyFlags();
  return status;
}

/** Whether the caller has ranges of which the shape says nothing. */
@inline function namesTooFew(shape: i32): bool {
  return ((sendsOf(shape) > 0 ? 0 : callerSend0Length) | (sendsOf(shape) > 1 ? 0 : callerSend1Length) | (receivesOf(shape) ? 0 : callerRoom)) != 0;
}

/** comeBackOddly, and the caller's ranges as they were. */
function relayedOddly(answered: i32, from: usize, server: usize, depth: i32, fromMemory: i32, callLabel: i32): i32 {
  const send0Length = callerSend0Length, send1Length = callerSend1Length, room = callerRoom;
  const status = comeBackOddly(answered, from, server, depth, fromMemory, callerMemory, 0, 0, callLabel, -1, true);
  setCallerLengths(send0Length, send1Length, room);
  restoreDelivery(r0n > callerDelivered ? r0n : callerDelivered, 0);
  return status;
}
