// Tests under Node: unit tests beside what they test, and scenarios of the whole system (e2e/**/*.test.ts; they need `npm run build -- wasm
// images`). What needs a browser is named *.spec.ts and runs with Playwright.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{abi,kernel-wasm,lib,servers,personalities,extensions,web,labs,bench,e2e,tools}/**/*.test.ts"],
    // Tests start real Workers and share two cores: files run one after another, tests wait for conditions.
    pool: "forks",
    fileParallelism: false,
    setupFiles: ["tools/test/seed.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
