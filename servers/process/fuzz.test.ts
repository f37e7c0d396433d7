import { expect, it } from "vitest";
import { fuzzDispatch } from "../../lib/ts/testing/fuzz.ts";
import { Harness } from "./testing.ts";

it("survives any message, and still serves", () => {
  const h = new Harness();
  h.run();
  fuzzDispatch(h.kernel, h.server, [0x11]);
  const child = h.run();
  h.machine.kill(child.kernel.domain);
  expect(h.wait(h.process, child.pid)).toMatchObject({ pid: child.pid, status: 137 });
});
