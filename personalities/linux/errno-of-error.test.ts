// The mapping of errors is total, and what is generated from it is up to date. That it is total TypeScript checks too; the
// test holds where nobody ran it.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errors } from "../../abi/idl/errors.ts";
import { errnoOfError } from "./errno-of-error.ts";
import { generateErrnoOf, generatedPath } from "./generate.ts";
import * as wasi from "./layout/wasi.ts";

test("every error of the system has an errno of WASI", () => {
  expect(Object.keys(errnoOfError).sort()).toEqual(Object.keys(errors).sort());
  for (const errno of Object.values(errnoOfError)) expect(wasi[errno]).toBeGreaterThan(0);
});

test("assembly/generated/errno-of.ts is what generate.ts writes", () => {
  expect(readFileSync(generatedPath, "utf8")).toBe(generateErrnoOf());
});
