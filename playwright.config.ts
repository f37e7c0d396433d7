// System tests in Chromium, against the built page in dist/ (`npm run build` first; `npm test` does). Two hosts serve it:
// `isolated` sets the headers that give shared memory; `plain` is any static host: no headers, a sub-folder. Specs named
// *.plain.spec.ts run on the second.

import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/run/chromium.ts";

const executablePath = findChromium();
const port = Number(process.env.GRAIL_TEST_PORT ?? 4174);
const isolated = `http://localhost:${port}/`;
const plain = `http://localhost:${port + 1}/some/folder/`;

const PLAIN = /.*\.plain\.spec\.ts/;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // One browser at a time: a system takes both of a small machine's cores.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ...(process.env.GRAIL_TEST_REPORT ? [["json", { outputFile: process.env.GRAIL_TEST_REPORT }] as const] : [])],
  use: {
    browserName: "chromium",
    viewport: { width: 1400, height: 900 },
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: chromiumFlags },
    screenshot: "only-on-failure",
    trace: "off",
  },
  projects: [
    { name: "isolated", testIgnore: PLAIN, use: { baseURL: isolated } },
    { name: "plain", testMatch: PLAIN, use: { baseURL: plain } },
  ],
  webServer: [
    { command: `npx vite preview --port ${port} --strictPort`, url: isolated, reuseExistingServer: true, timeout: 60_000 },
    { command: `node tools/serve/plain-host.mjs --port ${port + 1} --folder /some/folder/`, url: plain, reuseExistingServer: true, timeout: 60_000 },
  ],
});
