// The trace: a ring of events for each thread, written by that thread alone, so it needs no lock. Costs one load while off.
//
//   entry, 48 bytes:  0 sequence u64 | 8 time ns u64 | 16 kind u32 | 20 thread u32 | 24 domain u32 | 28 peer u32 | 32 label u32 | 36 value i32
//
// The sequence number is written last; a reader that finds another number in an entry on second look drops it.

import { H_TRACE_ON, H_TRACE_SEQUENCE, TRACE_RINGS, TRACE_ENTRIES, TRACE_ENTRY_SIZE, T_TRACE_HEAD, T_NUMBER, D_NUMBER } from "../../../abi/layout/kernel-memory";
import { machineMonotonic } from "../machine";
import { me, current } from "../identity";

@inline export function trace(kind: i32, peer: i32, label: i32, value: i32): void {
  if (load<i32>(H_TRACE_ON)) record(kind, peer, label, value);
}

function record(kind: i32, peer: i32, label: i32, value: i32): void {
  const number = load<u32>(me + T_NUMBER), head = load<u32>(me + T_TRACE_HEAD);
  const entry = TRACE_RINGS + <usize>(number * TRACE_ENTRIES + (head & (TRACE_ENTRIES - 1))) * TRACE_ENTRY_SIZE;
  store<u32>(me + T_TRACE_HEAD, head + 1);
  store<u64>(entry, 0);
  store<i64>(entry, machineMonotonic(), 8);
  store<i32>(entry, kind, 16);
  store<u32>(entry, number, 20);
  store<i32>(entry, current ? load<i32>(current + D_NUMBER) : 0, 24);
  store<i32>(entry, peer, 28);
  store<i32>(entry, label, 32);
  store<i32>(entry, value, 36);
  atomic.store<u64>(entry, atomic.add<u64>(H_TRACE_SEQUENCE, 1) + 1);
}
