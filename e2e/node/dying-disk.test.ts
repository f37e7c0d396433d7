// The driver of a mounted disk is killed while files on it are written and made durable: whoever wants that is told that it failed, then and again; what was
// written reads as it was written; and file system and cache go on.

import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/ext2.wasm") && existsSync("build/images"), FAILED = "Input/output error";
let system: NodeSystem | undefined;
afterEach(async () => { await system?.stop(); system = undefined; });

describe.skipIf(!built)("the driver of a mounted disk dies under load", () => {
  test.each(["ext2", "fat"])("%s: fsync says so, and what was written stays", { timeout: 180_000 }, async (kind) => {
    system = await NodeSystem.boot();
    await system.prompt();
    const { machine: { inspector }, courier } = system, run = system.run.bind(system), numberOf = (name: string): number => inspector.domains().find((domain) => domain.name === name)!.domain;
    expect(await run(`disk create ram:a 48M && mkfs.${kind} ram:a > /tmp/made && mkdir /mnt && mount -t ${kind} ram:a /mnt && seq 1 30000 > /tmp/new && cp /tmp/new /mnt/old && sync /mnt/old`)).toEqual({ output: "", status: 0 });
    const driver = numberOf("disk-ram"), servers = [kind, "cache"].map(numberOf);
    const work = run("n=0; while [ $n -lt 150 ]; do n=$((n + 1)); cp /tmp/new /mnt/new-$n && sync /mnt/new-$n || break; done 2> /tmp/said; echo $n", 120_000);
    await expect.poll(() => courier.read("/mnt/new-3").then(() => true, () => false), { timeout: 60_000, interval: 5 }).toBe(true);
    system.machine.kill(driver);
    const last = Number((await work).output);
    expect([await run("cat /tmp/said"), last < 150]).toEqual([{ output: expect.stringContaining(FAILED), status: 0 }, true]);
    // Everything that was made durable before, and what is only in the cache.
    expect(await run(`cmp /tmp/new /mnt/old && for i in $(seq 1 ${last - 1}); do cmp /tmp/new /mnt/new-$i || exit 1; done`)).toEqual({ output: "", status: 0 });
    expect(await run(`sync /mnt/new-${last - 1} && printf more >> /mnt/old && sync /mnt/old`)).toMatchObject({ output: expect.stringMatching(/Input\/output error|Read-only file system/u), status: 1 });
    // It may have died before that one was made.
    if ((await run(`test -e /mnt/new-${last}`)).status === 0) expect(await run(`sync /mnt/new-${last}`)).toEqual({ output: `sync: /mnt/new-${last}: ${FAILED}`, status: 1 });
    expect(await run("umount /mnt")).toEqual({ output: `umount: /mnt: what is left cannot be written, so it stays mounted (umount -f gives it up): ${FAILED}`, status: 32 });
    expect(await run("cmp /tmp/new /mnt/old && (cd /mnt; umount -f /mnt)")).toEqual({ output: expect.stringContaining("in use"), status: 32 });
    expect(await run("umount -f /mnt && ls /mnt && umount /mnt")).toEqual({ output: "umount: /mnt: not mounted", status: 32 });
    expect(await run("echo alive > /tmp/x; cat /tmp/x")).toEqual({ output: "alive", status: 0 });
    expect([kind, "cache"].map(numberOf)).toEqual(servers);
    expect(system.deaths.filter(({ reason }) => reason !== 0).map(({ name }) => name)).toEqual(["disk-ram"]);
  });
});
