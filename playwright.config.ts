// System tests in Chromium, against the built page in dist/ (`npm run build` first; `npm test` does). It is served by vite's preview
// with the headers that give shared memory; specs about other hosts bring their own (e2e/page/site.ts).

import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/run/chromium.ts";

const executablePath = findChromium();
const port = Number(process.env.GRAIL_TEST_PORT ?? 4174);
const baseURL = `http://localhost:${port}/`;

export default defineConfig({
  testDir: "e2e",
  // *.test.ts there run under Node, with the unit tests.
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  // One browser at a time: a system takes both of a small machine's cores.
  workers: 1,
  fullyParallel: false,
  // A busy machine may starve a browser for seconds; what fails three times is broken.
  retries: process.env.CI ? 2 : 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ...(process.env.GRAIL_TEST_REPORT ? [["json", { outputFile: process.env.GRAIL_TEST_REPORT }] as const] : [])],
  use: {
    baseURL,
    browserName: "chromium",
    viewport: { width: 1400, height: 900 },
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: chromiumFlags },
    screenshot: "only-on-failure",
    trace: "off",
  },
  webServer: { command: `npx vite preview --port ${port} --strictPort`, url: baseURL, reuseExistingServer: true, timeout: 60_000 },
});
