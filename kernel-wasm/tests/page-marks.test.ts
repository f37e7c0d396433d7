// Marks of pages, supplying, reclaiming, and receives that time out: one thing at a time. Who meets whom meanwhile is in write-back.test.ts.

import { describe, expect, it } from "vitest";
import { FAULT_BAD_PROGRAM, FAULT_EXIT, FRAME_SIZE, MARK_DIRTY, MARK_REFERENCED, RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { useMachine } from "../testing/use-machine.ts";

const BadHandle = -1, BadArgument = -2, NoRight = -3, QuotaExceeded = -33, NotFound = -48;
const PAGE = BigInt(FRAME_SIZE), BOTH = MARK_DIRTY | MARK_REFERENCED;
const filled = (value: number, length = FRAME_SIZE): Uint8Array => new Uint8Array(length).fill(value);

describe("page marks", () => {
  const test = useMachine();

  it("a write marks its pages dirty and referenced, a read referenced; each is cleared by itself, in every place of the bitmaps", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 70n * PAGE), marks = async (clear = 0): Promise<bigint[]> => {
      const { status, present, dirty, referenced } = await init.do("dataspaceMarks", space, 3, 64, clear);
      expect(status).toBe(0);
      return [present, dirty, referenced];
    };
    expect(await marks()).toEqual([0n, 0n, 0n]);
    for (const page of [3n, 34n, 35n, 66n]) await init.do("dataspaceWrite", space, page * PAGE + 4095n, filled(1, 1));
    const bits = 1n << 0n | 1n << 31n | 1n << 32n | 1n << 63n;
    expect(await marks(MARK_DIRTY)).toEqual([bits, bits, bits]);
    expect(await marks(MARK_REFERENCED)).toEqual([bits, 0n, bits]);
    expect(await marks()).toEqual([bits, 0n, 0n]);
    await init.do("dataspaceRead", space, 33n * PAGE, 2 * FRAME_SIZE);
    expect(await marks()).toEqual([bits, 0n, 1n << 31n]);
    await init.do("dataspaceRead", space, 66n * PAGE, 1);
    await init.do("dataspaceWrite", space, 35n * PAGE - 1n, filled(2, 2));
    expect(await marks(BOTH)).toEqual([bits, 1n << 31n | 1n << 32n, 1n << 31n | 1n << 32n | 1n << 63n]);
    expect(await marks()).toEqual([bits, 0n, 0n]);
    // The only page of a table of depth 0 keeps its marks when the table grows.
    const small = await init.do("dataspaceCreate", 1n << 33n);
    await init.do("dataspaceSupply", small, 0n, filled(1));
    await init.do("dataspaceRead", small, 0n, 1);
    expect(await init.do("dataspaceMarks", small, 0, 1, 0)).toMatchObject({ dirty: 0n, referenced: 1n });
    await init.do("dataspaceWrite", small, 1n << 32n, filled(1, 1));
    expect(await init.do("dataspaceMarks", small, 0, 1, 0)).toMatchObject({ present: 1n, dirty: 0n, referenced: 1n });
    for (const slot of [space, small]) await init.do("capDelete", slot);
  });

  it("supplies whole pages without marks, leaves what is present, and what is beyond the end alone", async () => {
    const { machine } = test, { init } = machine, owner = await machine.domain(256, 3);
    const space = await init.do("dataspaceCreate", 2n * PAGE + 100n), writes = (await init.do("dataspaceInfo", space))!.writes;
    expect(await init.do("dataspaceSupply", space, 0n, filled(1, FRAME_SIZE + 1))).toBe(BadArgument);
    for (const offset of [1n, -PAGE, -1n]) expect(await init.do("dataspaceSupply", space, offset, filled(1))).toBe(BadArgument);
    expect(await init.do("dataspaceSupply", space, 3n * PAGE, filled(1))).toBe(0);
    expect((await init.do("dataspaceInfo", space))).toMatchObject({ present: 0, writes });
    await init.do("dataspaceWrite", space, PAGE, filled(9, 1));
    expect(await init.do("dataspaceSupply", space, 0n, filled(1, 4 * FRAME_SIZE))).toBe(2 * FRAME_SIZE + 100);
    expect(await init.do("dataspaceMarks", space, 0, 4, 0)).toEqual({ status: 0, present: 7n, dirty: 2n, referenced: 2n });
    expect((await init.do("dataspaceRead", space, PAGE - 1n, 3)).data).toEqual(Uint8Array.of(1, 9, 0));
    await init.do("dataspaceResize", space, 3n * PAGE);
    expect((await init.do("dataspaceRead", space, 2n * PAGE + 99n, 3)).data).toEqual(Uint8Array.of(1, 0, 0));
    // A frame that was used before, for less than a page: no byte of the past.
    expect(await init.do("dataspaceSupply", space, 0n, filled(7, 65536 + 4096))).toBe(3 * FRAME_SIZE);
    const theirs = await owner.do("dataspaceCreate", 10n * PAGE);
    expect(await owner.do("dataspaceSupply", theirs, 0n, filled(1, 5 * FRAME_SIZE))).toBe(3 * FRAME_SIZE);
    expect(await owner.do("dataspaceSupply", theirs, 3n * PAGE, filled(1))).toBe(QuotaExceeded);
    await init.do("capDelete", space);
    await machine.end(owner);
  });

  it("finds the next dirty page wherever it is, and reclaims exactly those that are not", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 1n << 36n), far = 5_000_000;
    expect(await init.do("dataspaceNextDirty", space, 0)).toBe(NotFound);
    for (const page of [0, 300, 70_000, far]) await init.do("dataspaceWrite", space, BigInt(page) * PAGE, filled(1, 1));
    await init.do("dataspaceSupply", space, 301n * PAGE, filled(3));
    const next = async (from: number): Promise<number> => init.do("dataspaceNextDirty", space, from);
    expect([await next(0), await next(1), await next(301), await next(70_001), await next(far + 1), await next(2 ** 31 - 1)]).toEqual([0, 300, 70_000, far, NotFound, NotFound]);
    expect(await init.do("dataspaceReclaim", space, 0, 2 ** 31 - 1)).toBe(1);
    await init.do("dataspaceMarks", space, 300, 1, MARK_DIRTY);
    await init.do("dataspaceMarks", space, far, 1, BOTH);
    expect(await next(1)).toBe(70_000);
    expect(await init.do("dataspaceReclaim", space, 0, 1000)).toBe(1);
    expect(await init.do("dataspaceReclaim", space, 1000, 2 ** 31 - 1)).toBe(1);
    expect((await init.do("dataspaceInfo", space))!.present).toBe(2);
    expect(await init.do("dataspaceEvict", space, 0, 2 ** 31 - 1)).toBe(0);
    expect((await init.do("dataspaceInfo", space))!.present).toBe(0);
    await init.do("capDelete", space);
  });

  it("shrinking marks the page that it cuts; growing shows zeros", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", 3n * PAGE);
    await init.do("dataspaceSupply", space, 0n, filled(5, 3 * FRAME_SIZE));
    await init.do("dataspaceResize", space, 2n * PAGE);
    expect(await init.do("dataspaceMarks", space, 0, 3, 0)).toMatchObject({ present: 3n, dirty: 0n });
    await init.do("dataspaceResize", space, PAGE + 2n);
    expect(await init.do("dataspaceMarks", space, 0, 3, 0)).toMatchObject({ present: 3n, dirty: 2n });
    await init.do("dataspaceResize", space, 2n * PAGE);
    expect((await init.do("dataspaceRead", space, PAGE, 4)).data).toEqual(Uint8Array.of(5, 5, 0, 0));
    await init.do("capDelete", space);
  });

  it("a program is started from marked pages, but not on zeros for pages that only a pager knows", async () => {
    const { init } = test.machine, deaths = await init.do("endpointCreate"), pager = await init.do("endpointCreate");
    // (module (import "env" "memory" (memory 1 1 shared)) (func (export "main") (result i32) i32.const 3)), and a custom section of a page.
    const code = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 2, 16, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 1, 1, 3, 2, 1, 0, 7, 8, 1, 4, 0x6d, 0x61, 0x69, 0x6e, 0, 0,
      10, 6, 1, 4, 0, 0x41, 3, 0x0b, 0, 0x81, 0x20, 0, ...new Uint8Array(4096));
    const program = await init.do("dataspaceCreate", BigInt(code.length));
    await init.do("dataspaceWrite", program, 0n, code);
    const run = async (): Promise<{ reason: number; status: number; text: string }> => {
      const domain = await init.do("domainCreate", 64, 64, deaths, 1);
      expect(await init.do("domainStart", domain, program, 12)).toBe(0);
      const { words: [, reason, status], ranges } = await init.do("receive", deaths);
      await init.do("capDelete", domain);
      return { reason: Number(reason), status: Number(status), text: new TextDecoder().decode(ranges[0]) };
    };
    expect(await run()).toEqual({ reason: FAULT_EXIT, status: 3, text: "" });
    await init.do("dataspaceSetPager", program, pager, 1);
    await init.do("dataspaceMarks", program, 0, 2, BOTH);
    await init.do("dataspaceWrite", program, 4096n, new Uint8Array(1));
    expect(await run()).toEqual({ reason: FAULT_EXIT, status: 3, text: "" });
    expect(await init.do("dataspaceReclaim", program, 0, 2)).toBe(1);
    await init.do("dataspaceWrite", program, 4097n, new Uint8Array(1));
    expect(await run()).toEqual({ reason: FAULT_BAD_PROGRAM, status: 126, text: "page 0 of the program is not in memory: it was given up while the program was being started" });
    for (const slot of [program, pager, deaths]) await init.do("capDelete", slot);
  });

  it("refuses who does not manage the Dataspace, and numbers that mean nothing", async () => {
    const { init } = test.machine, space = await init.do("dataspaceCreate", PAGE), endpoint = await init.do("endpointCreate");
    const user = await init.do("capMint", space, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT, 0);
    for (const [slot, error] of [[user, NoRight], [endpoint, BadHandle], [4000, BadHandle]] as const) {
      expect(await init.do("dataspaceSupply", slot, 0n, filled(1))).toBe(error);
      expect((await init.do("dataspaceMarks", slot, 0, 1, 0)).status).toBe(error);
      expect(await init.do("dataspaceNextDirty", slot, 0)).toBe(error);
      expect(await init.do("dataspaceReclaim", slot, 0, 1)).toBe(error);
    }
    for (const [first, count, clear] of [[-1, 1, 0], [0, 0, 0], [0, 65, 0], [0, -1, 0], [0, 1, 4], [0, 1, -1]] as const) expect((await init.do("dataspaceMarks", space, first, count, clear)).status).toBe(BadArgument);
    expect((await init.do("dataspaceMarks", space, 2 ** 31 - 1, 64, BOTH)).present).toBe(0n);
    expect(await init.do("dataspaceNextDirty", space, -1)).toBe(BadArgument);
    expect(await init.do("dataspaceReclaim", space, -1, 1)).toBe(BadArgument);
    expect(await init.do("dataspaceReclaim", space, 0, -1)).toBe(BadArgument);
    for (const slot of [user, space, endpoint]) await init.do("capDelete", slot);
  });
});
