// `npm run docs`: checks the documentation. Every link between pages leads to a file and a heading that exist; every page of docs/
// is linked from another; every server and personality has a README; every paper has ideas in the table of docs/seeds.md;
// commands that pages name exist. Prints what is wrong; exit status 1 then.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { inRoot, root } from "../build/paths.ts";
import { headings, links } from "./markdown.ts";

const SEEDS = "docs/seeds.md";
const PAPERS = ["0", "1", "2", "3", "4"];

function pages(): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"], { cwd: root, encoding: "utf8" });
  return list.split("\0").filter((file) => file && existsSync(inRoot(file)));
}

const read = (file: string): string => readFileSync(inRoot(file), "utf8");

/** Links of all pages that lead nowhere, and pages of docs/ that no page links to. */
function linkFaults(all: readonly string[]): string[] {
  const faults: string[] = [];
  const reached = new Set<string>();
  for (const page of all) {
    for (const { target, line } of links(read(page))) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : normalize(join(dirname(page), decodeURIComponent(path)));
      if (file !== page) reached.add(file);
      if (!existsSync(inRoot(file))) faults.push(`${page}:${line}: no ${target}`);
      else if (anchor && file.endsWith(".md") && !headings(read(file)).includes(anchor)) faults.push(`${page}:${line}: no heading #${anchor} in ${file}`);
    }
  }
  for (const page of all) {
    const folder = page.replace(/README\.md$/, "");
    const known = reached.has(page) || (folder !== page && (reached.has(folder) || reached.has(folder.replace(/\/$/, ""))));
    if (page.startsWith("docs/") && page !== "docs/README.md" && !known) faults.push(`${page}: no page links to it`);
  }
  return faults;
}

/** Rows of the table of ideas, by paper. */
function seedFaults(): string[] {
  if (!existsSync(inRoot(SEEDS))) return [`${SEEDS} is missing`];
  const rows = read(SEEDS).split("\n").filter((line) => line.startsWith("|"));
  const papers = rows.map((row) => row.split("|")[2] ?? "");
  return PAPERS.filter((paper) => !papers.some((cell) => new RegExp(`\\b${paper}\\b`).test(cell)))
    .map((paper) => `${SEEDS}: no idea of paper ${paper} in the table`);
}

function manualFaults(): string[] {
  return ["servers", "personalities"].flatMap((folder) =>
    (existsSync(inRoot(folder)) ? readdirSync(inRoot(folder), { withFileTypes: true }) : [])
      .filter((entry) => entry.isDirectory() && !existsSync(inRoot(`${folder}/${entry.name}/README.md`)))
      .map((entry) => `${folder}/${entry.name} has no README.md, which is its manual`));
}

function commandFaults(all: readonly string[]): string[] {
  const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
  return all.flatMap((page) =>
    [...read(page).matchAll(/`npm run (?:-s )?([\w:]+)/g)].filter(([, name]) => !scripts.includes(name!)).map(([, name]) => `${page}: there is no \`npm run ${name}\``));
}

export async function main(): Promise<number> {
  const all = pages();
  const missing = ["README.md", "docs/README.md"].filter((page) => !all.includes(page)).map((page) => `${page} is missing`);
  const faults = [...missing, ...linkFaults(all), ...seedFaults(), ...manualFaults(), ...commandFaults(all)];
  for (const fault of faults) console.error(fault);
  console.log(`${all.length} pages, ${faults.length} faults`);
  return faults.length ? 1 : 0;
}
