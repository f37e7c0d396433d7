// Proof that enough stack is left before the first lock is taken: a program may recurse to the edge and then call. A trap here
// hurts only the caller, and nothing has been changed.
import { deepFrame } from "./deep-frame";

@inline export function probeStack(): void { deepFrame(0); }
