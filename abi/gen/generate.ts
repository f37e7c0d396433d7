// From the definitions to all generated files, in memory.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../idl/errors.ts";
import * as limits from "../layout/limits.ts";
import { assemblyClient } from "./assemblyscript/client.ts";
import { assemblyEnumerations, assemblyErrors, assemblyLabels } from "./assemblyscript/constants.ts";
import { assemblyDispatch } from "./assemblyscript/dispatch.ts";
import { assemblyRecords } from "./assemblyscript/records.ts";
import type { Declaration } from "./documents/declarations.ts";
import { assemblyDeclarations, interfaceDeclarations } from "./documents/declarations.ts";
import { kernelLabels, namesFile } from "./documents/names.ts";
import { reference } from "./documents/reference.ts";
import { loadDefinitions, loadObjects } from "./load.ts";
import type { Model } from "./model.ts";
import { buildModel } from "./model.ts";
import { kebab } from "./naming.ts";
import { generatedFrom, Output } from "./output.ts";
import { targets } from "./targets.ts";
import { typescriptClient } from "./typescript/client.ts";
import { typescriptEnumerations, typescriptErrors, typescriptIndex, typescriptLabels } from "./typescript/constants.ts";
import { typescriptRecords } from "./typescript/records.ts";
import { typescriptServer } from "./typescript/server.ts";
import { validateObjects } from "./validate-objects.ts";
import { validate } from "./validate.ts";

/** Folders that hold generated files only. */
export const generatedFolders = ["abi/generated", ...targets.map((target) => `${target.folder}/generated`)];

/** `root`: the repository. Throws DefinitionError where a definition is refused. */
export async function generateAll(root: string): Promise<Output> {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const definitions = await loadDefinitions(join(root, "abi/idl"), ["server", "test"]);
  validate(definitions);
  const objects = await loadObjects(join(root, "abi/idl"));
  const declared = [...assemblyDeclarations(read("lib/assembly/kernel.ts")), ...interfaceDeclarations(read("lib/ts/kernel.ts"), "SystemCalls")];
  validateObjects(objects, declared);
  const model = buildModel(definitions);
  const output = generate(model, read("abi/gen/typescript/message.ts"));
  const declarations = new Map<string, Declaration>(declared.map((each) => [each.name, each]));
  output.add("abi/generated/docs/reference.md", reference({ model, errors, objects, declarations, kernelLabels: kernelLabels(limits) }));
  return output;
}

function generate(model: Model, messageSource: string): Output {
  const output = new Output(), delivered = kernelLabels(limits);
  const assembly = "abi/generated/assembly", typescript = "abi/generated/ts";
  output.add(`${assembly}/errors.ts`, assemblyErrors(errors));
  output.add(`${assembly}/labels.ts`, assemblyLabels(model));
  output.add(`${assembly}/enums.ts`, assemblyEnumerations(model));
  output.add(`${assembly}/records.ts`, assemblyRecords(model));
  output.add(`${typescript}/errors.ts`, typescriptErrors(errors));
  output.add(`${typescript}/labels.ts`, typescriptLabels(model, delivered));
  output.add(`${typescript}/enums.ts`, typescriptEnumerations(model));
  output.add(`${typescript}/records.ts`, typescriptRecords(model));
  output.add(`${typescript}/message.ts`, passedOn(messageSource));
  output.add(`${typescript}/index.ts`, typescriptIndex(model));
  for (const each of model.interfaces) {
    output.add(`${assembly}/client/${kebab(each.name)}.ts`, assemblyClient(each));
    output.add(`${typescript}/client/${kebab(each.name)}.ts`, typescriptClient(each));
    output.add(`${typescript}/server/${kebab(each.name)}.ts`, typescriptServer(each));
  }
  for (const target of targets) {
    for (const name of target.interfaces) {
      const served = model.interfaces.find((each) => each.name === name);
      if (!served) continue;
      const folder = `${target.folder}/generated`;
      output.add(`${folder}/${kebab(name)}-dispatch.ts`, assemblyDispatch(served, folder.split("/").length));
    }
  }
  output.add("abi/generated/names.json", namesFile(model, delivered));
  return output;
}

/** typescript/message.ts, which is written by hand, as a generated file. */
function passedOn(source: string): string {
  const [about, , ...rest] = source.split("\n");
  return [generatedFrom("../gen/typescript/message.ts").replace("idl/../", ""), about, ...rest].join("\n").replaceAll("../../generated/ts/", "./");
}
