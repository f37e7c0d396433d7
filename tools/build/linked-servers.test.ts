// The modules of linked groups keep the rules of images, and what is compiled for a member is its own source.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { IMAGES } from "../../kernel-wasm/machine/images.ts";
import { linkedBytes } from "../../lib/testing/linked.ts";
import { membersOf } from "../../lib/ts/linked.ts";
import { readImports, readSections } from "../../kernel-wasm/rewriter/sections.ts";
import { linkedServers } from "./assembly-modules.ts";
import { faultsOf } from "./check-image.ts";
import { behindLinked, canBeLinked, FRAME_GLOBALS, linkedGroups, linkedSources } from "./linked-servers.ts";
import { inRoot } from "./paths.ts";

const built = linkedGroups.filter(canBeLinked);

describe.each(built)("the module of %s", (group) => {
  beforeAll(() => linkedBytes(group), 300_000);

  it("keeps nothing per instance but what call its thread is in", async () => {
    const bytes = await linkedBytes(group), module = linkedServers(group);
    expect(faultsOf(module, bytes)).toEqual([]);
    expect(faultsOf({ ...module, privateGlobals: FRAME_GLOBALS - 1 }, bytes)).toEqual([expect.stringContaining(`${FRAME_GLOBALS} mutable globals`)]);
  });

  it("imports nothing but the kernel's interface and its memory", async () => {
    const bytes = await linkedBytes(group);
    expect(new Set(readImports(bytes, readSections(bytes)).map(({ module, name }) => module === "env" ? `env.${name}` : module))).toEqual(new Set(["kernel", "env.memory"]));
  });

  it("is made of the servers' sources as they are", () => {
    for (const path of Object.keys(linkedSources(group))) expect(behindLinked(path)).toMatch(/^(linked\/main\.ts|lib\/assembly\/)/);
  });

  it("has an image", () => expect(IMAGES.some(({ name, kind }) => name === group && kind === "server")).toBe(true));
});

it("every image of a group can be built", () => expect(IMAGES.filter(({ name }) => membersOf(name).length > 1).map(({ name }) => name).sort()).toEqual([...built].sort()));

it("each system call is known to be the same for a member or not", () => {
  const calls = [...readFileSync(inRoot("lib/assembly/kernel.ts"), "utf8").matchAll(/export declare function (\w+)/g)].map(([, name]) => name!);
  const own = linkedSources("vfs+tmpfs")["linked/m1/lib/assembly/kernel.ts"]!;
  for (const name of calls) expect(own).toMatch(new RegExp(`export function ${name}\\(|export \\{[^}]*\\b${name}\\b`));
});
