// The verdict of `npm test` must not be better than what the runners reported, and say what failed.

import { describe, expect, it } from "vitest";
import { inRoot } from "../build/paths.ts";
import { add, none, readPlaywrightReport, readVitestReport } from "./tally.ts";

describe("a tally", () => {
  it("counts a file that could not be run as a failure, and tells of each failure where it stands and how it ended", () => {
    const test = (status: string, ...failureMessages: string[]) => ({ status, fullName: `a ${status} test`, failureMessages });
    const testResults = [
      { name: inRoot("a.test.ts"), status: "failed", assertionResults: [], message: "no such module" },
      { name: inRoot("b/b.test.ts"), status: "failed", assertionResults: [test("passed"), test("failed", "\u001b[31mone\u001b[39m\n  is not two", "leaked")] },
      { name: inRoot("c.test.ts"), status: "passed", assertionResults: [test("passed")] },
    ];
    const report = { numPassedTests: 2, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults };
    expect(readVitestReport(report)).toEqual({
      passed: 2, failed: 2, skipped: 3, failures: ["b/b.test.ts › a failed test\n    one\n      is not two\n    leaked", "a.test.ts\n    no such module"],
    });
  });

  it("counts errors outside of tests as failures", () => {
    const spec = (title: string, status: string, message?: string) => ({ title, file: "page/a.spec.ts", tests: [{ status, results: [message ? { error: { message } } : {}] }] });
    const suites = [{ title: "page", specs: [], suites: [{ title: "a", specs: [spec("well", "expected"), spec("badly", "unexpected", "timeout")] }] }];
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{ message: "no server" }], suites };
    expect(readPlaywrightReport(report)).toEqual({ passed: 5, failed: 2, skipped: 2, failures: ["page/a.spec.ts › badly\n    timeout", "playwright\n    no server"] });
  });

  it("is summed over suites", () => {
    expect(add(add(none, { passed: 1, failed: 0, skipped: 2, failures: [] }), { passed: 3, failed: 1, skipped: 0, failures: ["it"] })).toEqual({ passed: 4, failed: 1, skipped: 2, failures: ["it"] });
  });
});
