// Random numbers, as these programs and tests know them: lib/testing/random.ts.

export { Random, runsFactor, seedOfRun } from "../../../lib/testing/random.ts";
