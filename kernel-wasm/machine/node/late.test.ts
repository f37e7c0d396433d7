// Late messages are all there, in order; without delays nothing waits.

import { expect, test } from "vitest";
import { way } from "./late.ts";

test("without delays a message is delivered at once", () => {
  const got: number[] = [], send = way(0);
  for (let i = 0; i < 3; i++) send(() => got.push(i));
  expect(got).toEqual([0, 1, 2]);
});

test("with delays messages of one way come in order, some of them late, and those of another do not wait for them", async () => {
  const random = (() => { const numbers = [0.9, 0.1, 0.5, 0.9]; let at = 0; return () => numbers[at++ % numbers.length]!; })();
  const got: string[] = [], send = way(20, random), other = way(20, () => 0.9), began = performance.now();
  await new Promise<void>((resolve) => {
    for (let i = 0; i < 8; i++) send(() => { got.push(String(i)); if (i === 7) resolve(); });
    other(() => got.push("other"));
  });
  expect(got.filter((each) => each !== "other")).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  expect(got.indexOf("other")).toBeLessThan(2);
  expect(performance.now() - began).toBeGreaterThan(15);
});

test("one that cannot be delivered is told of, and those after it come all the same", async () => {
  const got: number[] = [], failures: unknown[] = [], send = way(5, () => 0.1, (error) => { failures.push(error); });
  await new Promise<void>((resolve) => {
    for (let i = 0; i < 4; i++) send(() => { if (i === 1) throw new Error("no"); got.push(i); if (i === 3) resolve(); });
  });
  expect(got).toEqual([0, 2, 3]);
  expect(failures).toEqual([new Error("no")]);
});
