// The verdict of `npm test` must not be better than what the runners reported.

import { describe, expect, it } from "vitest";
import { add, none, readPlaywrightReport, readVitestReport } from "./tally.ts";

describe("a tally", () => {
  it("counts a file that could not be run as a failure", () => {
    const testResults = [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{ status: "failed" }] },
      { status: "passed", assertionResults: [{ status: "passed" }] },
    ];
    const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults };
    expect(readVitestReport(report)).toEqual({ passed: 1, failed: 2, skipped: 3 });
  });

  it("counts errors outside of tests as failures", () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
    expect(readPlaywrightReport(report)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });

  it("is summed over suites", () => {
    expect(add(add(none, { passed: 1, failed: 0, skipped: 2 }), { passed: 3, failed: 1, skipped: 0 })).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });
});
