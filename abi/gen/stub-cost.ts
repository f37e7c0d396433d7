// What a call costs before it reaches the kernel: the instructions of each AssemblyScript client stub, counted in the built Wasm.
// SawMill lost its performance to stubs of 150 instructions where 30 were enough; `allowance` is the bound that we set.
import wabt from "wabt";
import type { Model } from "./model.ts";
import { of } from "./model.ts";
import { kebab } from "./naming.ts";
import { compileAssembly } from "./compile.ts";

export interface StubCost {
  readonly stub: string;
  /** All instructions of the function, the refusals of bad lengths included. */
  readonly instructions: number;
  /** 30, and 4 per word and range, both ways. */
  readonly allowance: number;
}

export async function stubCosts(model: Model): Promise<StubCost[]> {
  const binary = await compileAssembly(model.interfaces.map((each) => `abi/generated/assembly/client/${kebab(each.name)}.ts`));
  const instructions = await countInstructions(binary);
  return model.interfaces.flatMap((each) => each.methods.map((method) => {
    const stub = `${each.name}_${method.name}`, count = instructions.get(stub);
    if (count === undefined) throw new Error(`the built module does not export ${stub}`);
    const carried = [...method.args, ...of(method.results, "range")].filter((parameter) => parameter.register !== "cap").length;
    return { stub, instructions: count, allowance: 30 + 4 * carried };
  }));
}

/** Instructions of every exported function. */
export async function countInstructions(binary: Uint8Array): Promise<Map<string, number>> {
  const module = (await wabt()).readWasm(binary, { readDebugNames: false, mutable_globals: true, threads: true } as never);
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  const counts = new Map<string, number>(), byIndex: number[] = [];
  let imported = 0;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("(import") && line.includes("(func")) imported++;
    else if (line.startsWith("(func")) byIndex.push(0);
    else if (byIndex.length && line && !line.startsWith("(") && !line.startsWith(";;")) byIndex[byIndex.length - 1]!++;
    const exported = /^\(export "(.+)" \(func (\d+)\)\)/.exec(line);
    if (exported) counts.set(exported[1]!, Number(exported[2]));
  }
  return new Map([...counts].map(([name, index]) => [name, byIndex[index - imported]!]));
}
