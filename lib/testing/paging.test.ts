// The fake machine's pagers and page marks: what servers that are tested on it rely on.

import { beforeEach, describe, expect, test } from "vitest";
import { Errors } from "../../abi/generated/ts/errors.ts";
import { FRAME_SIZE, LABEL_PAGE_FAULT, MARK_DIRTY, MARK_REFERENCED, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import type { Incoming, Kernel, Outcome } from "../ts/kernel.ts";
import { FakeMachine, type Domain } from "./fake-machine.ts";

const PAGE = BigInt(FRAME_SIZE);
const filled = (value: number, length = FRAME_SIZE): Uint8Array => new Uint8Array(length).fill(value);

describe("Dataspaces of the fake machine", () => {
  let machine: FakeMachine, pager: Domain, client: Domain, faults: Incoming[], answers: (incoming: Incoming, kernel: Kernel) => Outcome;
  let owned: number, shared: number;

  beforeEach(() => {
    machine = new FakeMachine();
    faults = [];
    pager = machine.addHandler({ name: "pager" }, (incoming, kernel) => { faults.push(incoming); return answers(incoming, kernel); });
    client = machine.addClient("client");
    owned = pager.kernel.dataspaceCreate(3n * PAGE + 100n);
    pager.kernel.dataspaceSetPager(owned, SLOT_SELF, 7);
    answers = (incoming, kernel) => ({ status: Math.min(0, kernel.dataspaceSupply(owned, incoming.words[0]! * PAGE, filled(Number(incoming.words[0]) + 1))) });
    shared = client.table.insert(pager.table.get(owned)!.derive(RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT), 100);
  });

  test("a read asks for each absent page with how many are wanted, and gets what was supplied", () => {
    const { status, data } = client.kernel.dataspaceRead(shared, PAGE - 1n, FRAME_SIZE + 2);
    expect([status, data[0], data[1], data.at(-1)]).toEqual([FRAME_SIZE + 2, 1, 2, 3]);
    expect(faults.map(({ label, badge, rights, words }) => [label, badge, rights, ...words])).toEqual([[LABEL_PAGE_FAULT, 7, 0, 0n, 3n, 0n], [LABEL_PAGE_FAULT, 7, 0, 1n, 2n, 0n], [LABEL_PAGE_FAULT, 7, 0, 2n, 1n, 0n]]);
    expect(pager.kernel.dataspaceMarks(owned, 0, 64, 0)).toEqual({ status: 0, present: 7n, dirty: 0n, referenced: 7n });
  });

  test("a write without Manage asks as well and tells whether the page is overwritten whole; one with Manage makes a dirty page of zeros", () => {
    expect(client.kernel.dataspaceWrite(shared, 10n, filled(9, FRAME_SIZE - 10 + FRAME_SIZE))).toBe(2 * FRAME_SIZE - 10);
    expect(faults.map(({ words }) => words)).toEqual([[0n, 1n, 0n], [1n, 1n, 1n]]);
    expect(client.kernel.dataspaceRead(shared, 9n, 2).data).toEqual(Uint8Array.of(1, 9));
    expect(pager.kernel.dataspaceWrite(owned, 2n * PAGE + 1n, filled(5, 1))).toBe(1);
    expect(faults).toHaveLength(2);
    expect(pager.kernel.dataspaceRead(owned, 2n * PAGE, 3).data).toEqual(Uint8Array.of(0, 5, 0));
    expect(pager.kernel.dataspaceMarks(owned, 0, 64, MARK_DIRTY | MARK_REFERENCED)).toEqual({ status: 0, present: 7n, dirty: 7n, referenced: 7n });
    expect(pager.kernel.dataspaceMarks(owned, 1, 2, 0)).toEqual({ status: 0, present: 3n, dirty: 0n, referenced: 0n });
  });

  test("the pager's error is the reader's, what was read before counts, and a pager that lies is found out", () => {
    answers = (incoming, kernel) => incoming.words[0] === 1n ? { status: -Errors.Io } : { status: Math.min(0, kernel.dataspaceSupply(owned, incoming.words[0]! * PAGE, filled(1))) };
    expect(client.kernel.dataspaceRead(shared, PAGE, 1).status).toBe(-Errors.Io);
    expect(client.kernel.dataspaceRead(shared, 0n, 2 * FRAME_SIZE).status).toBe(FRAME_SIZE);
    expect(client.kernel.dataspaceWrite(shared, PAGE, filled(1))).toBe(-Errors.Io);
    answers = () => ({ status: 0 });
    expect(client.kernel.dataspaceRead(shared, 2n * PAGE, 1).status).toBe(-Errors.TryAgain);
    machine.kill(pager);
    expect(client.kernel.dataspaceRead(shared, 2n * PAGE, 1).status).toBe(-Errors.PeerDied);
  });

  test("who is the pager, or is inside it, does not wait for itself", () => {
    expect(pager.kernel.dataspaceRead(owned, 0n, 1).status).toBe(-Errors.WouldDeadlock);
    const writer = pager.kernel.capMint(owned, RIGHT_READ | RIGHT_WRITE, 0);
    expect(pager.kernel.dataspaceWrite(writer, 0n, filled(1))).toBe(-Errors.WouldDeadlock);
    const other = machine.addHandler({ name: "other" }, (_incoming, kernel) => ({ status: Math.min(0, kernel.dataspaceRead(100, 0n, 1).status) }));
    other.table.insert(pager.table.get(owned)!.derive(RIGHT_READ), 100);
    const call = machine.give(pager, other);
    answers = (_incoming, kernel) => ({ status: kernel.call(call, 0x1000).status });
    expect(client.kernel.dataspaceRead(shared, 0n, 1).status).toBe(-Errors.WouldDeadlock);
  });

  test("supplies whole pages only, but at the end; leaves what is present; reclaims what is clean; finds what is dirty", () => {
    const { kernel } = pager;
    expect(kernel.dataspaceSupply(owned, 1n, filled(1))).toBe(-Errors.BadArgument);
    expect(kernel.dataspaceSupply(owned, 0n, filled(1, 100))).toBe(-Errors.BadArgument);
    expect(kernel.dataspaceSupply(shared, 0n, filled(1))).toBe(-Errors.BadHandle);
    expect(client.kernel.dataspaceSupply(shared, 0n, filled(1))).toBe(-Errors.NoRight);
    kernel.dataspaceWrite(owned, PAGE, filled(8));
    const { writes } = kernel.dataspaceInfo(owned)!;
    expect(kernel.dataspaceSupply(owned, 0n, filled(1, 5 * FRAME_SIZE))).toBe(3 * FRAME_SIZE + 100);
    expect(kernel.dataspaceInfo(owned)).toMatchObject({ present: 4, writes });
    expect([0n, 1n, 3n].map((page) => client.kernel.dataspaceRead(shared, page * PAGE, 1).data[0])).toEqual([1, 8, 1]);
    expect(kernel.dataspaceNextDirty(owned, 0)).toBe(1);
    expect(kernel.dataspaceNextDirty(owned, 2)).toBe(-Errors.NotFound);
    expect(kernel.dataspaceReclaim(owned, 0, 3)).toBe(2);
    expect(kernel.dataspaceMarks(owned, 0, 4, MARK_DIRTY).present).toBe(0b1010n);
    expect(kernel.dataspaceReclaim(owned, 0, 4)).toBe(2);
    expect(pager.frames.used).toBe(0);
    for (const count of [0, 65]) expect(kernel.dataspaceMarks(owned, 0, count, 0).status).toBe(-Errors.BadArgument);
    expect(kernel.dataspaceMarks(owned, 0, 1, 4).status).toBe(-Errors.BadArgument);
  });

  test("shrinking zeroes the rest of the last page and marks it dirty", () => {
    const { kernel } = pager;
    kernel.dataspaceSupply(owned, 0n, filled(1, 3 * FRAME_SIZE + 100));
    kernel.dataspaceResize(owned, PAGE + 5n);
    kernel.dataspaceResize(owned, 2n * PAGE);
    expect(kernel.dataspaceMarks(owned, 0, 4, 0)).toMatchObject({ present: 3n, dirty: 2n });
    expect(kernel.dataspaceRead(owned, PAGE, 10).data).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0));
  });
});
