// `npm run check [-- NAME…]`: everything that can be said about the sources without running them. Each check prints its verdict;
// the exit status is 1 if one fails. `--json` instead prints [{ name, ok, detail }] alone.

import { checkAssembly, checkDependencies, checkGenerated, checkTypes } from "./compilers.ts";
import { checkAuthority, checkHosts, checkLengths } from "./sources.ts";

export interface Verdict {
  readonly ok: boolean;
  /** What is wrong, or what is worth saying; lines. */
  readonly detail?: string;
}

export interface NamedVerdict extends Verdict { readonly name: string }

const checks: Record<string, () => Promise<Verdict> | Verdict> = {
  types: () => checkTypes("tsconfig.json"),
  "types of the model": () => checkTypes("tsconfig.model.json"),
  assembly: checkAssembly,
  dependencies: checkDependencies,
  generated: checkGenerated,
  authority: checkAuthority,
  hosts: checkHosts,
  lengths: checkLengths,
};

export async function runChecks(names: readonly string[], report: (verdict: NamedVerdict) => void): Promise<NamedVerdict[]> {
  const verdicts: NamedVerdict[] = [];
  for (const [name, check] of Object.entries(checks)) {
    if (names.length && !names.includes(name)) continue;
    const verdict = { name, ...(await check()) };
    verdicts.push(verdict);
    report(verdict);
  }
  return verdicts;
}

export function printVerdict({ name, ok, detail }: NamedVerdict): void {
  console.log(`${ok ? "ok    " : "FAILED"} ${name}${detail ? `\n${detail.trimEnd().replace(/^/gm, "         ")}` : ""}`);
}

export async function main(args: string[]): Promise<number> {
  const verdicts = await runChecks(args, printVerdict);
  return verdicts.every((verdict) => verdict.ok) ? 0 : 1;
}
