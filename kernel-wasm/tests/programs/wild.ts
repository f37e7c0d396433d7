// Programs that make random system calls with random arguments. What they are given in their table at the start gives them something to
// reach. Nothing here may throw: whatever the kernel answers is right, but that it must not trap.

import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { RELAY } from "../server/labels.ts";

const MOMENT = 1500; // microseconds

export interface WildReport { calls: number; statuses: Record<string, number>; thrown: string[] }

/** Random calls for `milliseconds` (0: until the domain is killed). `gentle`: does not end or suspend itself or others. */
export function wild(kernel: Kernel, seed: number, milliseconds: number, gentle: boolean): WildReport {
  const random = new Random(seed), report: WildReport = { calls: 0, statuses: {}, thrown: [] }, end = milliseconds ? performance.now() + milliseconds : Infinity;
  while (performance.now() < end) {
    const [name, act] = random.pick(CALLS);
    if (gentle && HARSH.has(name)) continue;
    report.calls++;
    try {
      const status = `${name} ${act(kernel, random)}`;
      if (milliseconds) report.statuses[status] = (report.statuses[status] ?? 0) + 1;
    } catch (error) {
      // The kernel's Leave is no Error and passes.
      if (!(error instanceof Error)) throw error;
      report.thrown.push(`${name} (seed ${seed}, call ${report.calls}): ${error.stack}`);
      if (report.thrown.length > 5) return report;
    }
  }
  return report;
}

const HARSH = new Set(["domainKill", "domainSuspend"]);
const CRAZY = [0, -1, 1, 2, 7, 8, 255, 256, 65535, 65536, 65537, 2 ** 31 - 1, -(2 ** 31), 2 ** 30];
const CRAZY_BIG = [0n, -1n, 1n, 4095n, 4096n, 1n << 20n, (1n << 28n) - 1n, 1n << 36n, (1n << 36n) + 1n, (1n << 63n) - 1n, -(1n << 63n)];

const slot = (random: Random): number => random.below(20) ? random.below(48) : random.pick(CRAZY);
const number = (random: Random): number => random.below(3) ? random.below(64) : random.pick(CRAZY);
const big = (random: Random): bigint => random.below(2) ? BigInt(random.below(1 << 20)) : random.pick(CRAZY_BIG);
const size = (random: Random): bigint => random.below(8) ? BigInt(random.below(200_000)) : big(random);
const rights = (random: Random): number => random.below(3) ? 31 : random.below(64);
const data = (random: Random): Uint8Array => new Uint8Array(random.below(8) ? random.below(300) : random.below(100_000)).fill(random.below(256));
const message = (random: Random): Record<string, unknown> => ({
  ...(random.below(2) ? { words: Array.from({ length: random.below(9) }, () => big(random)) } : {}),
  ...(random.below(3) ? {} : { caps: Array.from({ length: random.below(5) }, () => slot(random)) }),
  ...(random.below(3) ? {} : { send: Array.from({ length: random.below(3) }, () => data(random)) }),
  ...(random.below(3) ? {} : { receive: random.below(70_000) }),
});
/** Two in three deletions and one in two creations, so that tables neither fill nor empty. */
const CALLS: readonly (readonly [string, (kernel: Kernel, random: Random) => unknown])[] = [
  ["call", (k, r) => k.call(slot(r), r.below(2) ? r.below(4) ? 0x7000 + r.below(21) : RELAY : number(r), message(r), r.below(MOMENT)).status],
  ["call", (k, r) => k.call(slot(r), 0x7000, message(r), r.below(MOMENT)).status],
  ["send", (k, r) => k.send(slot(r), number(r), message(r), r.below(MOMENT))],
  ["receive", (k, r) => receive(k, r, 0)],
  ["receive", (k, r) => receive(k, r, r.below(MOMENT))],
  ["reply", (k, r) => k.reply(slot(r), answer(r))],
  ["capMint", (k, r) => Math.min(k.capMint(slot(r), rights(r), number(r)), 0)],
  ["capCopy", (k, r) => Math.min(k.capCopy(slot(r)), 0)],
  ["capMove", (k, r) => Math.min(k.capMove(slot(r), r.below(2) ? -1 : number(r)), 0)],
  ["capDelete", (k, r) => k.capDelete(slot(r))],
  ["capDelete", (k, r) => k.capDelete(20 + r.below(40))],
  ["capDelete", (k, r) => k.capDelete(20 + r.below(40))],
  ["capRevoke", (k, r) => k.capRevoke(slot(r))],
  ["capInfo", (k, r) => k.capInfo(slot(r))?.kind],
  ["capWatch", (k, r) => k.capWatch(slot(r))],
  ["capGrant", (k, r) => Math.min(k.capGrant(slot(r), slot(r), rights(r), number(r), r.below(3) ? -1 : number(r)), 0)],
  ["endpointCreate", (k) => Math.min(k.endpointCreate(), 0)],
  ["notificationCreate", (k) => Math.min(k.notificationCreate(), 0)],
  ["signal", (k, r) => k.signal(slot(r), big(r))],
  ["wait", (k, r) => k.wait(slot(r), r.below(MOMENT)).status],
  ["notificationBind", (k, r) => k.notificationBind(slot(r), slot(r))],
  ["dataspaceCreate", (k, r) => Math.min(k.dataspaceCreate(size(r)), 0)],
  ["dataspaceRead", (k, r) => Math.min(k.dataspaceRead(slot(r), size(r), r.below(100_000)).status, 0)],
  ["dataspaceWrite", (k, r) => Math.min(k.dataspaceWrite(slot(r), size(r), data(r)), 0)],
  ["dataspaceResize", (k, r) => k.dataspaceResize(slot(r), size(r))],
  ["dataspaceInfo", (k, r) => k.dataspaceInfo(slot(r)) && 1],
  ["dataspaceEvict", (k, r) => k.dataspaceEvict(slot(r), number(r), number(r))],
  ["dataspaceSupply", (k, r) => Math.min(k.dataspaceSupply(slot(r), r.below(4) ? BigInt(r.below(50) * 4096) : size(r), r.below(2) ? new Uint8Array(4096 * r.below(5)).fill(1) : data(r)), 0)],
  ["dataspaceMarks", (k, r) => k.dataspaceMarks(slot(r), number(r), r.below(3) ? 1 + r.below(64) : number(r), r.below(8) ? r.below(4) : number(r)).status],
  ["dataspaceNextDirty", (k, r) => Math.min(k.dataspaceNextDirty(slot(r), number(r)), 0)],
  ["dataspaceReclaim", (k, r) => Math.min(k.dataspaceReclaim(slot(r), number(r), number(r)), 0)],
  ["dataspaceSetPager", (k, r) => r.below(10) ? 0 : k.dataspaceSetPager(slot(r), slot(r), number(r))],
  ["domainCreate", (k, r) => r.below(4) ? 0 : Math.min(k.domainCreate(number(r), number(r), slot(r), number(r)), 0)],
  ["domainStart", (k, r) => r.below(4) ? 0 : k.domainStart(slot(r), r.below(2) ? 0 : slot(r), 9999)],
  ["domainKill", (k, r) => r.below(4) ? 0 : k.domainKill(slot(r))],
  ["domainSuspend", (k, r) => r.below(4) ? 0 : k.domainSuspend(slot(r))],
  ["domainResume", (k, r) => k.domainResume(slot(r))],
  ["system", (k, r) => r.pick([() => k.system.kill(slot(r), number(r)), () => k.system.place(slot(r), number(r), "inline"), () => k.system.setTrace(slot(r), true), () => k.system.domains(slot(r)).length])()],
];

function answer(random: Random): { status: number; words?: bigint[]; caps?: number[]; data?: Uint8Array } {
  return {
    status: random.below(4) ? 0 : number(random), ...(random.below(2) ? { words: Array.from({ length: random.below(9) }, () => big(random)) } : {}),
    ...(random.below(4) ? {} : { caps: [slot(random)] }), ...(random.below(3) ? {} : { data: data(random) }),
  };
}

/** Answer, keep or drop what comes. */
function receive(kernel: Kernel, random: Random, timeout: number): number {
  const got = kernel.receive(slot(random), timeout);
  if (got.status === 0 && got.reply && random.below(4)) { if (random.below(4)) kernel.reply(got.reply, answer(random)); else kernel.capDelete(got.reply); }
  return got.status;
}
