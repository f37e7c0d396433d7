// Counts of tests and what failed, and how to read them from the runners' JSON reports.

import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "../build/paths.ts";

/** `failures`: what is known of those that failed, a text each: where it stands, and how it ended. There may be fewer than `failed`. */
export interface Tally { readonly passed: number; readonly failed: number; readonly skipped: number; readonly failures: readonly string[] }

export const none: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped, failures: [...a.failures, ...b.failures] };
}

/** The longest part of a message that is repeated, in characters: enough for what was expected, or for a machine's domains and threads. */
const LONGEST = 1500;

function failure(file: string, title: string, messages: readonly string[]): string {
  const shown = messages.map((message) => stripVTControlCharacters(message).split("\n").filter((line) => !/^\s+at .*node_modules/.test(line)).join("\n"));
  return [`${file}${title && ` › ${title}`}`, ...shown.map((text) => text.trim().slice(0, LONGEST).replace(/^/gm, "    "))].join("\n");
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; message?: string; assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[];
}

/** A file that could not be run has no results of its own: it counts as one failure. */
export function readVitestReport(report: unknown): Tally {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report as VitestReport;
  const unrun = testResults.filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"));
  const failures = testResults.flatMap(({ name, assertionResults }) => assertionResults.filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => failure(relative(root, name), fullName, failureMessages)));
  failures.push(...unrun.map(({ name, message }) => failure(relative(root, name), "", [message ?? ""])));
  return { passed: numPassedTests, failed: numFailedTests + unrun.length, skipped: numPendingTests + numTodoTests, failures };
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs: { title: string; file: string; tests: { status: string; results: { error?: { message?: string } }[] }[] }[];
}
interface PlaywrightReport { stats: { expected: number; unexpected: number; flaky: number; skipped: number }; errors: { message?: string }[]; suites: PlaywrightSuite[] }

function playwrightFailures({ suites = [], specs }: PlaywrightSuite): string[] {
  const own = specs.flatMap(({ title, file, tests }) => tests.filter(({ status }) => status === "unexpected")
    .map(({ results }) => failure(file, title, results.map(({ error }) => error?.message ?? ""))));
  return [...own, ...suites.flatMap(playwrightFailures)];
}

/** Flaky tests passed in the end; errors outside of tests count as failures. */
export function readPlaywrightReport(report: unknown): Tally {
  const { stats, errors, suites } = report as PlaywrightReport;
  const failures = [...suites.flatMap(playwrightFailures), ...errors.map(({ message }) => failure("playwright", "", [message ?? ""]))];
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped, failures };
}
