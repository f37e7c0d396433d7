// Tools that are told how much to read end, though what they read has no end.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/kernel.wasm") && existsSync("build/images");

describe.skipIf(!built)("an endless file", () => {
  let system: NodeSystem;
  beforeAll(async () => { system = await NodeSystem.boot(); await system.prompt(); expect(await system.run("head -c 300000 /dev/zero > /tmp/f")).toEqual({ output: "", status: 0 }); }, 180_000);
  afterAll(() => system.stop());

  test.each([
    ["cmp -n 300000 /tmp/f /dev/zero", "", 0],
    ["cmp /dev/zero /tmp/f", "cmp: EOF on /tmp/f after byte 300000, in line 1", 1],
    ["cmp -s /dev/urandom /dev/zero", "", 1],
    ["od -An -N4 -tx1 /dev/zero", " 00 00 00 00", 0],
    ["xxd -p -l 4 /dev/zero", "00000000", 0],
    ["hexdump -n 4 /dev/zero | tail -n 1", "0000004", 0],
    ["dd if=/dev/zero bs=1000 count=300 2>/dev/null | cmp - /tmp/f", "", 0],
    ["head -c 5 /dev/zero | wc -c", "5", 0],
    ["yes | head -n 2 | tr '\\n' .", "y.y.", 0],
    ["yes | sed 3q | wc -l", "3", 0],
    ["yes | grep -m 2 y | wc -l", "2", 0],
  ] as const)("%s", async (command, output, status) => { expect(await system.run(command)).toEqual({ output, status }); });
});
