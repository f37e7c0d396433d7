// A result is made again when, and only when, something that it was made from is another.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { afterAll, expect, it } from "vitest";
import { cached } from "./content-cache.ts";
import { inRoot, root } from "./paths.ts";

const folder = mkdtempSync(inRoot("node_modules/.cache-test-"));
const name = `test-${process.pid}`;
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const suffix of ["bin", "json"]) rmSync(inRoot(`.cache/${name}.${suffix}`), { force: true });
});

it("results follow the contents of their inputs, not their dates, and their key", async () => {
  const present = relative(root, `${folder}/present`);
  const absent = relative(root, `${folder}/absent`);
  let made = 0;
  const make = async () => ({ bytes: Uint8Array.of(++made), inputs: [present, absent] });
  const get = async (key: string) => (await cached(name, key, make))[0];
  writeFileSync(inRoot(present), "one");
  expect(await get("a")).toBe(1);
  writeFileSync(inRoot(present), "one");
  expect(await get("a")).toBe(1);
  writeFileSync(inRoot(present), "two");
  expect(await get("a")).toBe(2);
  writeFileSync(inRoot(absent), "now there");
  expect(await get("a")).toBe(3);
  expect(await get("b")).toBe(4);
  expect(await get("b")).toBe(4);
});
