// Of the invariants: page tables, frames and what refers to all kinds of objects (I4, I6, I7, I21). See invariants.ts.

import * as L from "../../abi/layout/kernel-memory.ts";
import { MAX_DOMAINS, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION } from "../../abi/layout/limits.ts";
import type { Snapshot } from "./snapshot.ts";

export function checkDataspaces(k: Snapshot): void {
  const dataspaces = k.pool("dataspace", L.DATASPACES, L.DATASPACE_SIZE, L.H_NEXT_DATASPACE, L.H_FREE_DATASPACE, L.S_NEXT_FREE, L.H_COUNT_DATASPACES);
  const nodes = k.pool("node", L.NODES, L.NODE_SIZE, L.H_NEXT_NODE, L.H_FREE_NODE, 0, L.H_COUNT_NODES, false);
  const serials = new Set<bigint>(), frames = new Map<number, string>(), owned = new Map<number, number>();
  const claim = (frame: number, by: string): void => { k.expect(!frames.has(frame), `I7 frame ${frame} is ${by} and ${frames.get(frame)}`); frames.set(frame, by); };

  k.expect(k.u32(L.H_NO_PAGE) === 0, "I19 the entry of pages that are in no table is not empty");
  for (const dataspace of dataspaces) {
    const depth = k.u32(dataspace + L.S_DEPTH), owner = k.u32(dataspace + L.S_OWNER);
    const serial = k.u64(dataspace + L.S_SERIAL);
    k.expect(serial > 0n && serial <= k.u64(L.H_SERIAL) && BigInt.asUintN(L.SERIAL_BITS, serial) === 0n && !serials.has(serial), `I21 dataspace ${dataspace} has the serial ${serial} of ${k.u64(L.H_SERIAL)}`);
    serials.add(serial);
    let present = 0;
    const entry = (word: number): void => { if (word) { claim(word & L.ENTRY_FRAME, `in dataspace ${dataspace}`); present++; } };
    const walk = (node: number, level: number): void => {
      if (!nodes.delete(node)) { k.expect(false, `I7 node ${node} of dataspace ${dataspace} is free or has two users`); return; }
      for (let i = 0; i < 256; i++) {
        const below = k.u32(node + i * 4);
        if (below) { if (level === 1) entry(below); else walk(below, level - 1); }
      }
    };
    if (depth === 0) entry(k.u32(dataspace + L.S_ROOT)); else walk(k.u32(dataspace + L.S_ROOT), depth);
    k.expect(k.u32(dataspace + L.S_PRESENT) === present, `I7 dataspace ${dataspace} counts ${k.u32(dataspace + L.S_PRESENT)} pages and has ${present}`);
    owned.set(owner, (owned.get(owner) ?? 0) + present);
    k.refer(OBJECT_DOMAIN, owner, "a dataspace");
    if (k.u32(dataspace + L.S_PAGER)) k.refer(OBJECT_ENDPOINT, k.u32(dataspace + L.S_PAGER), "a pager");
  }
  k.expect(nodes.size === 0, `I7 ${nodes.size} nodes are in no table: ${[...nodes].slice(0, 3)}`);
  k.expect(k.u32(L.H_COUNT_FRAMES) === frames.size, `I7 ${k.u32(L.H_COUNT_FRAMES)} frames counted, ${frames.size} found`);
  for (let i = 0; i < k.u32(L.H_FRAMES_FREE); i++) claim(k.u32(L.FRAME_FREE_LIST + i * 4), "free");
  for (const entry of k.limbo) if (entry < L.MAX_FRAMES) claim(entry, "in limbo");
  const fresh = k.u32(L.H_FRAMES_FRESH), given = fresh - 1 - (fresh > L.FRAMES_GAP ? L.FRAMES_GAP_END - L.FRAMES_GAP : 0);
  for (const frame of frames.keys()) {
    k.expect(frame > 0 && frame < fresh, `I7 frame ${frame} is fresh and in use`);
    k.expect(frame < L.FRAMES_GAP || frame >= L.FRAMES_GAP_END, `I7 frame ${frame} is a thread's window`);
  }
  k.expect(fresh <= Math.max(1, k.u32(L.H_FRAMES_HELD)), `I7 frames up to ${fresh} were given, and page memory ends at ${k.u32(L.H_FRAMES_HELD)}`);
  k.expect(frames.size === given, `I7 ${given - frames.size} frames are lost`);

  for (let number = 1; number < MAX_DOMAINS; number++) {
    const domain = k.domain(number);
    if (k.u32(domain + L.D_STATE) === L.DOMAIN_UNUSED) continue;
    k.expect(k.u32(domain + L.D_FRAMES) === (owned.get(domain) ?? 0), `I7 domain ${number} pays for ${k.u32(domain + L.D_FRAMES)} frames, its dataspaces have ${owned.get(domain) ?? 0}`);
    k.counted(OBJECT_DOMAIN, domain, k.u32(domain + L.D_REFERENCES), "domain");
  }
  for (const dataspace of dataspaces) k.counted(OBJECT_DATASPACE, dataspace, k.u32(dataspace + L.S_REFERENCES), "dataspace");
  for (const endpoint of k.endpoints) k.counted(OBJECT_ENDPOINT, endpoint, k.u32(endpoint + L.E_REFERENCES), "endpoint");
  for (const notification of k.notifications) k.counted(OBJECT_NOTIFICATION, notification, k.u32(notification + L.N_REFERENCES), "notification");
}
