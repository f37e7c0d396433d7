import { describe, expect, test } from "vitest";
import { programNames } from "./program-names.ts";
import { programs } from "./programs.ts";

describe("the table of programs", () => {
  test("has the names that files are made for", () => expect(Object.keys(programs).sort()).toEqual([...programNames].sort()));

  test("loads every program", async () => {
    for (const [name, load] of Object.entries(programs)) expect(await load(), name).toBeTypeOf("function");
  });
});
