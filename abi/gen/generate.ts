// From the model to all generated files.
import { errors } from "../idl/errors.ts";
import * as limits from "../layout/limits.ts";
import { assemblyClient } from "./assembly/client.ts";
import { assemblyEnumerations, assemblyErrors, assemblyLabels } from "./assembly/constants.ts";
import { assemblyDispatch } from "./assembly/dispatch.ts";
import { assemblyRecords } from "./assembly/records.ts";
import { kernelLabels, namesFile } from "./documents/names.ts";
import type { Model } from "./model.ts";
import { kebab } from "./naming.ts";
import { generatedFrom, Output } from "./output.ts";
import { targets } from "./targets.ts";
import { typescriptClient } from "./typescript/client.ts";
import { typescriptEnumerations, typescriptErrors, typescriptIndex, typescriptLabels } from "./typescript/constants.ts";
import { typescriptRecords } from "./typescript/records.ts";
import { typescriptServer } from "./typescript/server.ts";

/** Folders that hold generated files only. */
export const generatedFolders = ["abi/generated", ...targets.map((target) => `${target.folder}/generated`)];

/** `messageSource`: the text of typescript/message.ts, which is passed on. */
export function generate(model: Model, messageSource: string): Output {
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
  output.add(`${typescript}/message.ts`, messageSource.replace(/^/, generatedFrom("../gen/typescript/message.ts").replace("idl/../", "") + "\n")
    .replace("// The generator copies this file to abi/generated/ts/message.ts; import it from there.\n", ""));
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
