// The cache under random messages: no trap, no leak, its state whole, and another's volume untouched.

import { expect, test } from "vitest";
import { cache, volume } from "../../abi/idl/server/cache.idl.ts";
import { RIGHT_ALL, RIGHT_RECEIVE } from "../../abi/layout/limits.ts";
import { good } from "../../lib/testing/files.ts";
import type { Domain } from "../../lib/testing/fake-machine.ts";
import { fuzzServer } from "../../lib/testing/fuzz.ts";
import { RecordedDisk } from "../../lib/testing/recorded-disk.ts";
import { checkInvariants, checkedWorld } from "./testing/mini-file-system.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 150);

test("random messages do not hurt the cache", async () => {
  const world = await checkedWorld(), { machine, client } = world, before = machine.snapshot(), rights = RIGHT_ALL & ~RIGHT_RECEIVE;
  const witnessDisk = new RecordedDisk(1 << 16), witness = world.attach(witnessDisk, { name: "witness", guaranteed: 100 }), drivers: Domain[] = [witness.driver];
  client.kernel.dataspaceWrite(witness.image, 5000n, new TextEncoder().encode("still here"));
  const counts = fuzzServer(machine, [cache, volume], (fuzzer) => {
    checkInvariants(world);
    for (const driver of drivers.splice(1)) machine.kill(driver);
    const attached = world.attach(new RecordedDisk(1 << 18)), give = (slot: number): number => fuzzer.table.insert(client.domain.table.get(slot)!.derive());
    drivers.push(attached.driver);
    const slots = [machine.give(fuzzer, world.cacheServer, { rights }), give(attached.volume.cap), give(attached.volume.cap), give(attached.image), machine.give(fuzzer, world.cacheServer, { badge: 65600 })];
    world.release(attached);
    return slots;
  }, RUNS);
  expect(counts.succeeded, JSON.stringify(counts)).toBeGreaterThan(RUNS);
  good(world.cache.configure(0, 16384));
  checkInvariants(world);
  good(witness.volume.barrier());
  expect(new TextDecoder().decode(witnessDisk.contents.subarray(5000, 5010))).toBe("still here");
  world.release(witness);
  for (const driver of drivers) machine.kill(driver);
  machine.assertNothingLeaked(before);
});
