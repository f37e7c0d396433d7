// The checks that read the sources as text: what only some files may name, what no file may, and which files are long.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { inRoot, root } from "../build/paths.ts";
import type { Verdict } from "./main.ts";

const LONG = 300;
const TEXT = /\.(ts|mts|mjs|cjs|js|json|md|html|css|yaml|yml|wat|c|cpp|py|sh|txt)$|^\.ci\/|^\.editorconfig$/;

/** Files that git has or would take, relative to the root. */
function files(): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  return list.split("\0").filter((file) => TEXT.test(file));
}

function read(file: string): string {
  try {
    return readFileSync(inRoot(file), "utf8");
  } catch {
    return "";
  }
}

/** The lines of `file` that match, as "file:line: text". */
function matches(file: string, pattern: RegExp): string[] {
  return read(file).split("\n").flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 120)}`] : []));
}

const verdict = (lines: string[]): Verdict => (lines.length ? { ok: false, detail: lines.join("\n") } : { ok: true });

/** Comments may speak of anything. */
const CODE = String.raw`^(?!\s*(//|\*|/\*)).*`;

/**
 * The machine is what lies below the kernel: only it and the page's boot start Workers, and no server, personality or library
 * names WebAssembly, Atomics or SharedArrayBuffer. (A TypeScript server is trusted with its kernel object, not with memory.)
 */
export function checkAuthority(): Verdict {
  const sources = files().filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|\/testing|\/conformance\/|\/assembly\/|\.d\.ts$/.test(file));
  const startsWorkers = new RegExp(CODE + String.raw`\bnew (Shared)?Worker\(`);
  const namesMachine = new RegExp(CODE + String.raw`\b(WebAssembly\.[A-Z]\w+\(|Atomics\.\w+\(|new (WebAssembly|SharedArrayBuffer)\b)`);
  return verdict(sources.flatMap((file) => [
    ...(/^(web\/boot\/|web\/.*bench|kernel-wasm\/machine\/|bench\/|tools\/|e2e\/)/.test(file) ? [] : matches(file, startsWorkers)),
    ...(/^(lib\/ts|servers|personalities|extensions|web\/(panes|model))\//.test(file) ? matches(file, namesMachine) : []),
  ]));
}

/** Neither this checkout's place on the disk nor a host that packages come from is written down. */
export function checkHosts(): Verdict {
  const hosts = [["registry", "npmjs", "org"], ["npmmirror", "com"], ["deb", "debian", "org"], ["security", "debian", "org"]];
  const place = root.replace(/\/$/, "");
  const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const wanted = [...hosts.map((parts) => parts.join(".")), ...(place.split("/").length > 2 ? [place] : [])];
  const pattern = new RegExp(wanted.map(escape).join("|"));
  return verdict(files().flatMap((file) => matches(file, pattern)));
}

/** Long files are worth a look, not an error. */
export function checkLengths(): Verdict {
  const long = files()
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes("generated/"))
    .map((file) => ({ file, lines: read(file).split("\n").length }))
    .filter(({ lines }) => lines > LONG);
  const detail = long.map(({ file, lines }) => `${file} has ${lines} lines: two concepts in one file?`).join("\n");
  return { ok: true, ...(detail ? { detail } : {}) };
}
