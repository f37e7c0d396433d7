import { readFileSync } from "node:fs";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileAssembly, root } from "./compile.ts";
import { generateAll } from "./generate.ts";
import { generatedFolders } from "./generate.ts";
import type { Output } from "./output.ts";

const output = await generateAll(root);

it("the files that are checked in are those that the definitions yield", () => {
  expect(output.differences(root, generatedFolders)).toEqual({ changed: [], stale: [] });
});

it("generating twice gives the same bytes", async () => {
  expect((await generateAll(root)).files).toEqual(output.files);
});

it("an AssemblyScript record whose fields move does not compile", async () => {
  const path = "abi/generated/assembly/records.ts", source = output.files.get(path)!;
  const use = 'import { EchoRecord } from "./records"; export function f(a: usize): u64 { return EchoRecord.at(a).long; }';
  const entry = "abi/generated/assembly/entry.ts";
  await expect(compileAssembly([entry], { [entry]: use })).resolves.toBeDefined();
  const moved = source.replace("  long: u64;", "  long: u32;\n  extra: u64;");
  await expect(compileAssembly([entry], { [entry]: use, [path]: moved })).rejects.toThrow("EchoRecord.signedLong is not at 24");
});

describe("writing", () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "generate-")); });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (path: string, text: string): void => { mkdirSync(dirname(join(folder, path)), { recursive: true }); writeFileSync(join(folder, path), text); };
  const write = (): ReturnType<Output["write"]> => output.write(folder, generatedFolders);

  it("makes what is missing, then nothing", () => {
    expect(write().changed).toHaveLength(output.files.size);
    expect(write()).toEqual({ changed: [], stale: [] });
  });

  it("repairs what was changed and removes what no definition yields", () => {
    write();
    put("abi/generated/names.json", "{}\n");
    put("abi/generated/ts/client/gone.ts", "// left over\n");
    put("abi/idl/kept.ts", "// written by hand\n");
    expect(output.differences(folder, generatedFolders)).toEqual({ changed: ["abi/generated/names.json"], stale: ["abi/generated/ts/client/gone.ts"] });
    write();
    expect(output.differences(folder, generatedFolders)).toEqual({ changed: [], stale: [] });
    expect(readFileSync(join(folder, "abi/idl/kept.ts"), "utf8")).toContain("by hand");
  });
});
