// Unit tests under Node, each beside what it tests. What needs a browser is under e2e/ and runs with Playwright.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{abi,kernel-wasm,lib,servers,personalities,extensions,web,labs,bench,tools}/**/*.test.ts"],
    // Tests start real Workers and share two cores: files run one after another, tests wait for conditions.
    pool: "forks",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
