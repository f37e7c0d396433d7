// The bundler's helpers go into the scripts that need them: a real build of a small site, run.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { build, type Plugin } from "vite";
import { inlineRuntime, withRuntime } from "./inline-runtime.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "runtime-"));
  mkdirSync(join(root, "dist"));
  writeFileSync(join(root, "dist/package.json"), '{ "type": "module" }');
  // Two scripts of two modules each: who loads one of the modules gets a namespace, which a helper makes.
  for (const name of ["a-one", "a-two", "b-one", "b-two"]) writeFileSync(join(root, `${name}.js`), `export const name = () => "${name}"; export default 1;`);
  writeFileSync(join(root, "main.js"), 'export const all = async () => Promise.all([import("./a-one.js"), import("./a-two.js"), import("./b-one.js"), import("./b-two.js")]);');
});
afterEach(() => { rmSync(root, { recursive: true }); });

/** The scripts of a build of the site by their names, and what the site's function gives. */
async function built(plugins: Plugin[]): Promise<{ scripts: Map<string, string>; gives: unknown }> {
  await build({
    root, configFile: false, logLevel: "silent", plugins,
    build: {
      target: "es2023", modulePreload: false, emptyOutDir: false,
      rolldownOptions: {
        input: join(root, "main.js"), preserveEntrySignatures: "strict",
        output: { entryFileNames: "main.js", codeSplitting: { groups: [{ name: "a", test: /\/a-/ }, { name: "b", test: /\/b-/ }] } },
      },
    },
  });
  const folder = join(root, "dist/assets"), scripts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const { all } = await import(pathToFileURL(join(root, "dist/main.js")).href) as { all: () => Promise<{ name: () => string; default: number }[]> };
  return { scripts, gives: (await all()).map((module) => [module.name(), Object.keys(module), Object.prototype.toString.call(module)]) };
}

const importing = (scripts: Map<string, string>): string[] => [...scripts].filter(([, text]) => /from\s*"\.\/rolldown-runtime/.test(text)).map(([name]) => name[0]!);
const EXPECTED = ["a-one", "a-two", "b-one", "b-two"].map((name) => [name, ["default", "name"], "[object Module]"]);

test("without it, the helpers are a file that both scripts wait for", async () => {
  const { scripts, gives } = await built([]);
  expect(importing(scripts)).toEqual(["a", "b"]);
  expect(gives).toEqual(EXPECTED);
});

test("with it, no script imports them, and all does what it did", async () => {
  const { scripts, gives } = await built([inlineRuntime()]);
  expect(importing(scripts)).toEqual([]);
  expect([...scripts.keys()].filter((name) => name.startsWith("rolldown"))).toEqual([]);
  expect(gives).toEqual(EXPECTED);
});

test("a script gets the helpers under its own names for them", () => {
  const script = 'import{n as a,t}from"./rolldown-runtime-Ab_-9.js";import{x}from"./other.js";t(a);';
  expect(withRuntime(script, "var e=1,r=2;export{e as n,r as t};")).toBe('const{n:a,t:t}=(()=>{var e=1,r=2;return{n:e,t:r}})();import{x}from"./other.js";t(a);');
  expect(withRuntime("f();", "export{};")).toBe("f();");
});
