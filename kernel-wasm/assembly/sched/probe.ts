// Proof that enough stack is left before the first lock is taken: a program may recurse to the edge and then call. A trap here
// hurts only the caller, and nothing has been changed (I16).
import { machineProbe } from "../machine";
import { deepFrame } from "./deep-frame";

@inline export function probeStack(): void { deepFrame(0); }

/** The same before a server's code runs on the caller's stack: 64 KiB, for the server and for those that it calls on. So a caller at
 *  the edge fails itself, and not the server inside. */
@inline export function probeForServer(): void { machineProbe(0); }
