// Counts of tests, and how to read them from the runners' JSON reports.

export interface Tally { readonly passed: number; readonly failed: number; readonly skipped: number }

export const none: Tally = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file that could not be run has no results of its own: it counts as one failure. */
export function readVitestReport(report: unknown): Tally {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report as VitestReport;
  const unrun = testResults.filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")).length;
  return { passed: numPassedTests, failed: numFailedTests + unrun, skipped: numPendingTests + numTodoTests };
}

interface PlaywrightReport { stats: { expected: number; unexpected: number; flaky: number; skipped: number }; errors: unknown[] }

/** Flaky tests passed in the end; errors outside of tests count as failures. */
export function readPlaywrightReport(report: unknown): Tally {
  const { stats, errors } = report as PlaywrightReport;
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}
